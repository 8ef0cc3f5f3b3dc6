import type { CSSProperties } from "react";
import { useFormat } from "../../../shared/localization/format";
import { useText } from "../../../shared/localization";
import { Link } from "../../../shared/router";
import { classes, Status, useStatusName } from "../../../shared/ui";
import { isOverdue, isWaiting, standing, type WorkOrder } from "../../orders/orders";
import type { Bar } from "./calendar";
import type { BarKeys } from "./useBarKeys";

export interface DragProps {
  mayPlan: (order: WorkOrder) => boolean;
  onDrag: (order: WorkOrder | null) => void;
  keys: BarKeys;
}

interface CalendarOrderProps extends DragProps { bar: Bar; zone: string; style?: CSSProperties; isLine?: boolean }

/** A planned work order as a bar. */
export function CalendarOrder({ bar, zone, style, isLine = false, mayPlan, onDrag, keys }: CalendarOrderProps) {
  const text = useText();
  const format = useFormat();
  const status = useStatusName();
  const { order } = bar;
  const shift = keys.shifted(order);
  const start = shift ?? Date.parse(order.scheduledStart ?? "");
  const movable = mayPlan(order);
  const when = format.time(start, zone);
  const words = text("orders.calendar.bar", { number: order.number, title: order.title, status: status(standing(order).kind, standing(order).value), time: format.dateTime(start, zone) });
  return (
    <Link
      to={`/work-orders/${order.id}`} data-order={order.id} draggable={movable} style={style} aria-label={words} title={words}
      className={classes("orders-bar", `orders-bar-${order.status}`, isLine && "orders-bar-line", isOverdue(order) && "orders-bar-overdue", shift !== undefined && "orders-bar-shifted")}
      onDragStart={(event) => {
        event.dataTransfer.setData("text/plain", order.number);
        event.dataTransfer.effectAllowed = "move";
        setTimeout(() => onDrag(order));
      }}
      onDragEnd={() => onDrag(null)}
      onKeyDown={(event) => keys.press(event, order)}
      onBlur={() => keys.leave(order)}
    >
      {!bar.isContinued && <span className="orders-bar-time">{when}</span>}
      <span className="orders-bar-title" dir="auto">
        {isWaiting(order) && <bdi className="orders-bar-mark"><Status {...standing(order)} iconOnly /></bdi>}{order.title}
      </span>
    </Link>
  );
}
