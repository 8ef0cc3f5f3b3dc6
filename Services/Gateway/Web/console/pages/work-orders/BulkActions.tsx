import { useText } from "../../../shared/localization";
import { useMay } from "../../../shared/session/session";
import { Button, type IconName } from "../../../shared/ui";
import { isOpen, moves, movesOf, type Move, type WorkOrder } from "../../orders/orders";
import { useMoveName } from "../../orders/useMoveWords";
import type { OrderDialogs } from "../../orders/useOrderDialogs";

/** In the order of the work. What is done at the asset is done one by one. */
const bulkMoves: Move[] = ["submit", "approve", "reject", "unschedule", "verify", "close"];

interface Offer { key: string; icon: IconName; label: string; run: () => void }

/** What can be done to at least one of those that are selected, by whoever is signed in. */
export function BulkActions({ orders, dialogs }: { orders: readonly WorkOrder[]; dialogs: OrderDialogs }) {
  const text = useText();
  const may = useMay();
  const name = useMoveName();
  const ofMove = (move: Move): Offer[] => {
    const first = may(moves[move].permission) ? orders.find((order) => movesOf(order).includes(move)) : undefined;
    return first ? [{ key: move, icon: moves[move].icon, label: name(first, move), run: () => dialogs.moveAll(orders, move) }] : [];
  };
  const isAnyOpen = (field: string) => orders.some((order) => isOpen(order, field));
  // Work that is not scheduled yet is scheduled by a move, all other by another time.
  const maySchedule = may("workorder:schedule") && may("workorder:reschedule") && isAnyOpen("scheduledStart");
  const offers: Offer[] = [
    ...bulkMoves.slice(0, 3).flatMap(ofMove),
    ...(may("workorder:assign") && isAnyOpen("assignedTo") ? [{ key: "assign", icon: "user" as const, label: text("orders.assign.confirm"), run: () => dialogs.open("assign", orders) }] : []),
    ...(maySchedule ? [{ key: "schedule", icon: "calendar" as const, label: text("orders.schedule.confirm"), run: () => dialogs.open("schedule", orders) }] : []),
    ...bulkMoves.slice(3).flatMap(ofMove),
    ...(may("workorder:update") && isAnyOpen("priority") ? [{ key: "priority", icon: "sort" as const, label: text("orders.priority.confirm"), run: () => dialogs.open("priority", orders) }] : []),
    ...ofMove("cancel"),
  ];
  return <>{offers.map(({ key, icon, label, run }) => <Button key={key} size="small" icon={icon} onClick={run}>{label}</Button>)}</>;
}
