import { memo, useState, type ReactNode } from "react";
import { useText } from "../../../shared/localization";
import { useFormat } from "../../../shared/localization/format";
import { Link } from "../../../shared/router";
import { Button, classes, Icon, IconButton, Status, useStatusName } from "../../../shared/ui";
import type { WorkOrder, WorkOrderStatus } from "../../orders/orders";
import { OrderCard } from "./OrderCard";

interface BoardColumnProps {
  status: WorkOrderStatus;
  orders: readonly WorkOrder[];
  /** What this column is for the card that is dragged. */
  drag: "none" | "home" | "open" | "closed";
  tabStop: string | null;
  onDrag: (order: WorkOrder | null) => void;
  onDrop: () => void;
  openMoves: (order: WorkOrder) => void;
  loading: ReactNode;
}

/** Of a long column only the beginning is drawn until somebody wants more. */
const step = 40;

export function BoardColumn({ status, orders, drag, tabStop, onDrag, onDrop, openMoves, loading }: BoardColumnProps) {
  const text = useText();
  const format = useFormat();
  const name = useStatusName()("workOrder", status);
  const [count, setCount] = useState(step);
  const [isOver, setIsOver] = useState(false);
  return (
    <section
      className={classes("orders-column", `orders-column-${drag}`, isOver && drag === "open" && "orders-column-over")}
      aria-label={text("orders.column", { status: name, count: orders.length })} data-column={status}
      onDragOver={(event) => {
        if (drag !== "open") return;
        event.preventDefault();
        event.dataTransfer.dropEffect = "move";
        setIsOver(true);
      }}
      onDragLeave={() => setIsOver(false)}
      onDrop={(event) => { event.preventDefault(); setIsOver(false); onDrop(); }}
    >
      <header className="orders-column-head">
        <h2><Status kind="workOrder" value={status} /></h2>
        <span className="muted">{format.number(orders.length)}</span>
        {drag === "closed" && <span className="orders-column-note muted"><Icon name="lock" size={12} />{text("orders.board.closed")}</span>}
      </header>
      <ul className="orders-column-cards">
        {loading && <li>{loading}</li>}
        {orders.slice(0, count).map((order) => (
          <Card key={order.id} order={order} isTabStop={order.id === tabStop} onDrag={onDrag} openMoves={openMoves} />
        ))}
        {orders.length > count && <li><Button kind="ghost" size="small" onClick={() => setCount(count + step)}>{text("ui.more")}</Button></li>}
      </ul>
    </section>
  );
}

interface CardProps { order: WorkOrder; isTabStop: boolean; onDrag: (order: WorkOrder | null) => void; openMoves: (order: WorkOrder) => void }

const Card = memo(function Card({ order, isTabStop, onDrag, openMoves }: CardProps) {
  const text = useText();
  const canMove = order.allowedTransitions.length > 0;
  return (
    <li className="orders-card-frame">
      <Link
        to={`/work-orders/${order.id}`} className="orders-card" data-order={order.id} draggable={canMove} tabIndex={isTabStop ? 0 : -1}
        aria-keyshortcuts="M A E Enter"
        onDragStart={(event) => {
          event.dataTransfer.setData("text/plain", order.number);
          event.dataTransfer.effectAllowed = "move";
          // Chrome ends the dragging if what is dragged changes in the same moment.
          setTimeout(() => onDrag(order));
        }}
        onDragEnd={() => onDrag(null)}
      >
        <OrderCard order={order} hidesStatus />
      </Link>
      {canMove && <span className="orders-card-more"><IconButton icon="more" size="small" tabIndex={-1} label={text("orders.move_to", { number: order.number })} onClick={() => openMoves(order)} /></span>}
    </li>
  );
});
