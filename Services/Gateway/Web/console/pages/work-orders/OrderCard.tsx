import { useText } from "../../../shared/localization";
import { Badge, Status } from "../../../shared/ui";
import { LevelBadge } from "../../levels/LevelMarks";
import { AssetName, SiteTime } from "../../orders/Names";
import { isOverdue, standing, type WorkOrder } from "../../orders/orders";
import { useNames } from "../../people";

/** A work order on a few lines: for narrow screens and for the board, which shows its state by the column. */
export function OrderCard({ order, hidesStatus = false, isNarrow = false }: { order: WorkOrder; hidesStatus?: boolean; isNarrow?: boolean }) {
  const text = useText();
  const nameOf = useNames();
  return (
    <div className="orders-card-words">
      <div className="orders-card-line">
        <span className="orders-card-number"><Status kind="priority" value={order.priority} iconOnly /><code>{order.number}</code><LevelBadge order={order} isNarrow /></span>
        {!hidesStatus && <Status {...standing(order)} iconOnly={isNarrow} />}
      </div>
      <div dir="auto" className={hidesStatus ? "orders-card-title" : "truncate"}>{order.title}</div>
      <div className="orders-card-line orders-card-small">
        <span className="truncate"><AssetName order={order} /></span>
        <span className="truncate">{order.assignedTo ? nameOf(order.assignedTo) : <span className="muted">{text("orders.nobody")}</span>}</span>
      </div>
      {hidesStatus && standing(order).kind === "phase" && <div className="orders-card-small"><Status {...standing(order)} /></div>}
      {hidesStatus && order.scheduledStart && (
        <div className="orders-card-line orders-card-small">
          <span className="muted"><SiteTime order={order} at={order.scheduledStart} isShort /></span>
          {isOverdue(order) && <Badge tone="danger" plain icon="clock">{text("orders.overdue")}</Badge>}
        </div>
      )}
    </div>
  );
}
