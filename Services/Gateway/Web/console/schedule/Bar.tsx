import { listed, useText } from "../../shared/localization";
import { useFormat } from "../../shared/localization/format";
import { Link } from "../../shared/router";
import { classes, Icon, useStatusName } from "../../shared/ui";
import { isOverdue, standing, type WorkOrder } from "../orders/orders";
import { day, type Span } from "../pages/work-orders/calendar";
import type { Place } from "./week";
import type { PlanKeys } from "./usePlanKeys";

export interface BarProps {
  span: Span;
  place: Place;
  clashes: readonly WorkOrder[];
  isMovable: boolean;
  /** It is a crew's, and this is one of its members. */
  isOfCrew: boolean;
  keys: PlanKeys;
  onDrag: (order: WorkOrder | null, from: Place) => void;
}

/** Planned work on one of its days. */
export function Bar({ span: { order, start, end }, place, clashes, isMovable, isOfCrew, keys, onDrag }: BarProps) {
  const text = useText();
  const format = useFormat();
  const status = useStatusName();
  const from = Math.max(start, place.at);
  const until = Math.min(end, place.at + day);
  const clash = clashes.length > 0 ? text("orders.schedule.board.clash", { numbers: listed(clashes.map(({ number }) => number)) }) : undefined;
  const words = text("orders.calendar.bar", { number: order.number, title: order.title, status: status(standing(order).kind, standing(order).value), time: format.range(from, until, "UTC") });
  return (
    <Link
      to={`/work-orders/${order.id}`} data-order={order.id} draggable={isMovable} title={clash ? `${words}. ${clash}` : words} aria-label={clash ? `${words}. ${clash}` : words}
      className={classes("orders-bar schedule-bar", `orders-bar-${order.status}`, isOverdue(order) && "orders-bar-overdue", keys.target(order) && "orders-bar-shifted")}
      onDragStart={(event) => {
        event.dataTransfer.setData("text/plain", order.number);
        event.dataTransfer.effectAllowed = "move";
        // Chrome ends the dragging if what is dragged changes in the same moment.
        setTimeout(() => onDrag(order, place));
      }}
      onDragEnd={() => onDrag(null, place)}
      onKeyDown={(event) => { if (isMovable) keys.press(event, order, place); }}
      onBlur={() => keys.leave(order)}
    >
      <span className="orders-bar-time">{format.time(from, "UTC")}{clash && <Icon name="alert" size={12} />}</span>
      <span className="orders-bar-title" dir="auto">{order.title}</span>
      {clash && <span className="schedule-clash" aria-hidden="true">{listed(clashes.map(({ number }) => number))}</span>}
      {isOfCrew && <span className="schedule-crew"><Icon name="users" size={12} />{text("orders.assign.crew")}</span>}
    </Link>
  );
}
