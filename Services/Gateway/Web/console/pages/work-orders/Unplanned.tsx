import { useText } from "../../../shared/localization";
import { Card, EmptyState, IconButton } from "../../../shared/ui";
import { Link } from "../../../shared/router";
import type { WorkOrder } from "../../orders/orders";
import type { DragProps } from "./CalendarOrder";
import { OrderCard } from "./OrderCard";

const most = 50;

/** What has no time yet. It is dragged into the calendar, or planned by its button. */
export function Unplanned({ orders, mayPlan, onDrag, keys, schedule }: DragProps & { orders: readonly WorkOrder[]; schedule: (order: WorkOrder) => void }) {
  const text = useText();
  return (
    <Card title={text("orders.unplanned", { count: orders.length })} flush className="orders-unplanned">
      {orders.length === 0 && <EmptyState title={text("orders.unplanned.none")} icon="calendar" />}
      <ul className="orders-unplanned-list">
        {orders.slice(0, most).map((order) => (
          <li key={order.id} className="orders-unplanned-line">
            <Link
              to={`/work-orders/${order.id}`} className="orders-card" data-order={order.id} draggable={mayPlan(order)}
              onDragStart={(event) => { event.dataTransfer.setData("text/plain", order.number); event.dataTransfer.effectAllowed = "move"; setTimeout(() => onDrag(order)); }}
              onDragEnd={() => onDrag(null)} onKeyDown={(event) => keys.press(event, order)}
            >
              <OrderCard order={order} isNarrow />
            </Link>
            {mayPlan(order) && <IconButton icon="calendar" label={text("orders.schedule.title_one", { number: order.number })} onClick={() => schedule(order)} />}
          </li>
        ))}
      </ul>
      {orders.length > most && <p className="orders-unplanned-more muted">{text("orders.unplanned.more", { count: orders.length - most })}</p>}
    </Card>
  );
}
