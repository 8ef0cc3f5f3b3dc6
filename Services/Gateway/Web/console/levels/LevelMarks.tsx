import { useText } from "../../shared/localization";
import { useFormat } from "../../shared/localization/format";
import { Badge, Status, useStatusName } from "../../shared/ui";
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

/** How a work order keeps to its service level, in a column: its stage, and what is left. */
export function LevelCell({ order }: { order: WorkOrder }) {
  const text = useText();
  const name = useStatusName();
  const clock = currentClock(order);
  const left = useLeft();
  const now = useNow(tick, clock?.state === "running");
  const standing = standingOf(order, now);
  if (!clock || !standing) return <span className="muted">–</span>;
  const words = left(clock, now);
  const isPaused = clock.state === "paused";
  return (
    <span className="level-cell" title={words && text(`orders.level.clock.${clock.clock}`)}>
      <Status kind="service" value={standing} iconOnly={words !== undefined} />
      {words && <span className={isPaused ? "muted truncate" : "truncate"}>{isPaused ? text("orders.level.stands_still", { left: words }) : words}</span>}
      {!words && <span className="visually-hidden">{name("service", standing)}</span>}
    </span>
  );
}

/** Says only what is late, or is going to be. */
export function LevelBadge({ order, isPlain = false }: { order: WorkOrder; isPlain?: boolean }) {
  const name = useStatusName();
  const now = useNow(tick, clocksOf(order).some(({ state }) => state === "running"));
  const standing = standingOf(order, now);
  if (!standing || standing === "on_time") return null;
  return <Badge tone={standing === "breached" ? "danger" : "warning"} icon="clock" plain={isPlain}>{name("service", standing)}</Badge>;
}
