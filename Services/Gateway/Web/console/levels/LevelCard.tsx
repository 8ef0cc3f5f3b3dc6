import { listed, useText } from "../../shared/localization";
import { useFormat } from "../../shared/localization/format";
import { Card, Status } from "../../shared/ui";
import { SiteTime } from "../orders/Names";
import type { WorkOrder } from "../orders/orders";
import { useHistory } from "../orders/useHistory";
import { useNow } from "../pages/asset/useNow";
import { useLeft } from "./LevelMarks";
import { clocksOf, isOver, standingAt, useLevels, type Clock } from "./levels";

/** By when work is to begin and to be completed, and whether it is. */
export function LevelCard({ order }: { order: WorkOrder }) {
  const text = useText();
  const { levels } = useLevels();
  const clocks = clocksOf(order);
  if (clocks.length === 0) return null;
  const pausedBy = levels?.pausedBy ?? [];
  const goesOn = clocks.some((clock) => clock.clock === "restore" && !isOver(clock));
  return (
    <Card title={text("orders.level")}>
      <div className="stack-tight">
        <ul className="levels" aria-label={text("orders.level")}>{clocks.map((clock) => <Line key={clock.clock} order={order} clock={clock} />)}</ul>
        {goesOn && pausedBy.length > 0 && <p className="muted">{text("orders.level.pauses", { reasons: listed(pausedBy.map((reason) => text(`orders.hold.${reason}`))) })}</p>}
      </div>
    </Card>
  );
}

function Line({ order, clock }: { order: WorkOrder; clock: Clock }) {
  const text = useText();
  const format = useFormat();
  const { entries } = useHistory(order);
  const now = useNow(15_000, clock.state === "running");
  const left = useLeft()(clock, now);
  const reason = clock.state === "paused" ? [...(entries ?? [])].reverse().find(({ holdReason }) => holdReason)?.holdReason : undefined;
  return (
    <li>
      <div className="row-apart">
        <span className="level-name">{text(`orders.level.clock.${clock.clock}`)}</span>
        <Status kind="service" value={standingAt(clock, now)} soft />
      </div>
      {left && <div className="level-left">{left}</div>}
      <div className="muted level-facts">
        {clock.state === "paused" && <span>{reason ? text("orders.level.paused_for", { reason: text(`orders.hold.${reason}`) }) : text("orders.level.paused")}</span>}
        {clock.state === "cancelled" && <span>{text("orders.level.cancelled")}</span>}
        {clock.state === "running" && clock.dueAt && <span>{text("orders.level.due")} <SiteTime order={order} at={clock.dueAt} /></span>}
        {clock.state === "stopped" && clock.endedAt && <span>{text("orders.level.done")} <SiteTime order={order} at={clock.endedAt} /></span>}
        <span>{text("orders.level.limit", { time: format.duration(clock.limitMinutes * 60_000) })}</span>
      </div>
    </li>
  );
}
