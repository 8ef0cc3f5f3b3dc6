import { useMemo, useRef, useState, type KeyboardEvent } from "react";
import { problemText } from "../../../shared/api/problemText";
import { useText } from "../../../shared/localization";
import { navigate } from "../../../shared/router";
import { useMay } from "../../../shared/session/session";
import { ErrorState, Skeleton, toast } from "../../../shared/ui";
import { neighbour } from "../../boardKeys";
import { isClosed, isWaiting, moves, moveTo, statuses, type WorkOrder, type WorkOrderStatus } from "../../orders/orders";
import { useObstacle } from "../../orders/useMoveWords";
import type { OrderDialogs } from "../../orders/useOrderDialogs";
import { BoardColumn } from "./BoardColumn";
import { useKeptFocus } from "./useKeptFocus";
import type { Orders } from "./useOrders";

interface BoardViewProps { orders: Orders; dialogs: OrderDialogs; onActive: (order: WorkOrder | undefined) => void }

const week = 7 * 24 * 3_600_000;

/** What is closed leaves the board after a week, unless somebody has to look at it; the list has it for ever. */
const isShown = (order: WorkOrder, now: number): boolean =>
  !isClosed(order) || isWaiting(order) || now - Date.parse(order.updatedAt) < week;

/** A column for each state. A card can only be dragged to where its work order can go. */
export function BoardView({ orders, dialogs, onActive }: BoardViewProps) {
  const text = useText();
  const may = useMay();
  const why = useObstacle();
  const board = useRef<HTMLDivElement>(null);
  const kept = useKeptFocus(board);
  const [dragged, setDragged] = useState<WorkOrder | null>(null);
  const [focused, setFocused] = useState<string | null>(null);
  const columns = useMemo(() => {
    const now = Date.now();
    const byStatus = new Map<WorkOrderStatus, WorkOrder[]>(statuses.map((status) => [status, []]));
    for (const order of orders.shown) if (isShown(order, now)) byStatus.get(order.status)?.push(order);
    return byStatus;
  }, [orders.shown]);
  /** Tab goes from column to column, arrows between the cards. */
  const tabStop = (status: WorkOrderStatus) => {
    const cards = columns.get(status) ?? [];
    return (cards.find((order) => order.id === focused) ?? cards[0])?.id ?? null;
  };

  /** The move that leads there, if the state permits it and the person may make it. */
  const move = (order: WorkOrder, status: WorkOrderStatus) => {
    const found = moveTo(order, status);
    return found && may(moves[found].permission) ? found : undefined;
  };
  const drop = (status: WorkOrderStatus) => {
    const found = dragged && move(dragged, status);
    setDragged(null);
    if (!dragged || !found) return;
    const obstacle = why(dragged, found);
    if (obstacle) toast({ tone: "warning", text: text("orders.move.refused", { number: dragged.number, why: obstacle }) });
    else dialogs.move(dragged, found);
  };
  const keyDown = (event: KeyboardEvent) => {
    const card = event.target instanceof HTMLElement ? event.target.closest<HTMLElement>("[data-order]") : null;
    if (!card || event.target !== card || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const next = neighbour(card, event.key, board.current);
    if (event.key === "Enter") navigate(`/work-orders/${card.dataset["order"] ?? ""}`);
    else if (next === undefined) return;
    else next?.focus();
    event.preventDefault();
    event.stopPropagation();
  };
  if (orders.problem && orders.loaded.length === 0) {
    return <ErrorState problem={{ message: problemText(orders.problem), requestId: orders.problem.requestId }} retry={orders.retry} />;
  }
  return (
    <div
      ref={board} className="orders-board" role="group" aria-label={text("orders.view.board")} aria-busy={orders.isLoading} onKeyDown={keyDown} {...kept}
      onFocus={(event) => {
        const id = event.target.closest<HTMLElement>("[data-order]")?.dataset["order"];
        if (!id) return;
        setFocused(id);
        onActive(orders.shown.find((order) => order.id === id));
      }}
    >
      {statuses.map((status) => (
        <BoardColumn
          key={status} status={status} orders={columns.get(status) ?? []} tabStop={tabStop(status)}
          drag={dragged === null ? "none" : dragged.status === status ? "home" : move(dragged, status) ? "open" : "closed"}
          onDrag={setDragged} onDrop={() => drop(status)} openMoves={(order) => dialogs.open("move", [order])}
          loading={orders.isLoading && orders.loaded.length === 0 ? <Skeleton height={72} /> : null}
        />
      ))}
    </div>
  );
}
