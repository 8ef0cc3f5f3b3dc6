import { useText } from "../../shared/localization";
import { useFormat } from "../../shared/localization/format";
import { Badge, Icon, Status, useStatusName } from "../../shared/ui";
import type { WorkOrder } from "../orders/orders";
import { useNow } from "../pages/asset/useNow";
import { clocksOf, currentClock, standingOf, type Clock } from "./levels";

/** Each of these follows the time by itself: what stands around it is not drawn anew. */
const tick = 15_000;

const minute = 60_000;

/** What is left of a clock's time, or by how much it is late. */
export function useLeft(): (clock: Clock, now: number) => string | undefined {
  const text = useText();
  const format = useFormat();
  return ({ state, dueAt, remainingMinutes }, now) => {
    if (state === "paused") return typeof remainingMinutes === "number" ? text("orders.level.left", { time: format.duration(remainingMinutes * minute) }) : undefined;
    if (state !== "running" || !dueAt) return undefined;
    const left = Date.parse(dueAt) - now;
    return left > 0 ? text("orders.level.left", { time: format.duration(Math.ceil(left / minute) * minute) }) : text("orders.level.late", { time: format.duration(-left) });
  };
}

/** The same where there is little room: what is late has a sign. */
function useShort(): (clock: Clock, now: number) => string {
  const format = useFormat();
  return ({ state, dueAt, remainingMinutes }, now) => {
    if (state === "paused") return format.duration((remainingMinutes ?? 0) * minute);
    const left = Date.parse(dueAt ?? "") - now;
    return left > 0 ? format.duration(Math.ceil(left / minute) * minute) : `−${format.duration(-left)}`;
  };
}

/** How a work order keeps to its service level, in a column: its stage, and what is left. */
export function LevelCell({ order }: { order: WorkOrder }) {
  const text = useText();
  const name = useStatusName();
  const clock = currentClock(order);
  const left = useLeft();
  const short = useShort();
  const now = useNow(tick, clock?.state === "running");
  const standing = standingOf(order, now);
  if (!clock || !standing) return <span className="muted">–</span>;
  const words = left(clock, now);
  if (!words) return <span className="level-cell"><Status kind="service" value={standing} /></span>;
  const isPaused = clock.state === "paused";
  const what = text("orders.part.line", { what: text(`orders.level.clock.${clock.clock}`), value: isPaused ? text("orders.level.stands_still", { left: words }) : words });
  // Its stage says whether that is left or over; the whole is read, and shown on hover.
  return (
    <span className="level-cell" title={`${name("service", standing)} – ${what}`}>
      <Status kind="service" value={standing} iconOnly />
      {isPaused && <Icon name="pause" size={12} />}
      <span className={isPaused ? "muted truncate" : "truncate"} aria-hidden="true">{short(clock, now)}</span>
      <span className="visually-hidden">{what}</span>
    </span>
  );
}

/** Says only what is late, or is going to be; in a narrow place by its drawing. */
export function LevelBadge({ order, isNarrow = false }: { order: WorkOrder; isNarrow?: boolean }) {
  const name = useStatusName();
  const now = useNow(tick, clocksOf(order).some(({ state }) => state === "running"));
  const standing = standingOf(order, now);
  if (!standing || standing === "on_time") return null;
  if (isNarrow) return <Status kind="service" value={standing} iconOnly />;
  return <Badge tone={standing === "breached" ? "danger" : "warning"} icon="clock">{name("service", standing)}</Badge>;
}
