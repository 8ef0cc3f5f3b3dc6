import { useState, type ReactNode } from "react";
import { Problem } from "../../shared/api/Problem";
import { problemText } from "../../shared/api/problemText";
import { useText } from "../../shared/localization";
import { toast } from "../../shared/ui";
import { isOfPermits, PermitRefusalDialog } from "../permits/PermitRefusal";
import { AssignDialog } from "./AssignDialog";
import { moveOrder } from "./changes";
import { MoveAllDialog } from "./MoveAllDialog";
import { MoveDialog } from "./MoveDialog";
import { moves, type Move, type WorkOrder } from "./orders";
import { PriorityDialog } from "./PriorityDialog";
import { ReasonDialog } from "./ReasonDialog";
import { ScheduleDialog } from "./ScheduleDialog";

type Open = { kind: "assign" | "priority" | "schedule" | "move"; orders: readonly WorkOrder[] } | { kind: "reason" | "plain"; orders: readonly WorkOrder[]; move: Move } | { kind: "refused"; orders: readonly WorkOrder[]; problem: Problem };

export interface OrderDialogs {
  open: (what: "assign" | "priority" | "schedule" | "move", orders: readonly WorkOrder[]) => void;
  /** Makes the move, after asking for what it needs. */
  move: (order: WorkOrder, move: Move) => void;
  /** The same for several, each with a verdict of its own. */
  moveAll: (orders: readonly WorkOrder[], move: Move) => void;
  /** Belongs into the page. */
  element: ReactNode;
}

/** What can be done to work orders from wherever they are shown. */
export function useOrderDialogs(): OrderDialogs {
  const text = useText();
  const [open, setOpen] = useState<Open | null>(null);
  const close = () => setOpen(null);
  const move = (order: WorkOrder, what: Move) => {
    const { asks } = moves[what];
    if (asks === "times") return setOpen({ kind: "schedule", orders: [order] });
    if (asks !== "nothing") return setOpen({ kind: "reason", orders: [order], move: what });
    close();
    moveOrder(order, what).then(
      () => toast({ tone: "success", text: text(`orders.move.done_one.${what}`, { number: order.number }) }),
      (error: unknown) => {
        const problem = Problem.from(error);
        if (isOfPermits(problem)) setOpen({ kind: "refused", orders: [order], problem });
        else toast({ tone: "danger", text: text("orders.move.refused", { number: order.number, why: problemText(problem) }) });
      }
    );
  };
  const moveAll = (orders: readonly WorkOrder[], what: Move) => {
    const { asks } = moves[what];
    if (orders.length === 0) return;
    setOpen(asks === "times" ? { kind: "schedule", orders } : { kind: asks === "nothing" ? "plain" : "reason", orders, move: what });
  };
  return { open: (kind, orders) => { if (orders.length > 0) setOpen({ kind, orders }); }, move, moveAll, element: open && <Shown open={open} close={close} move={move} /> };
}

function Shown({ open, close, move }: { open: Open; close: () => void; move: (order: WorkOrder, what: Move) => void }) {
  const props = { orders: open.orders, close };
  const first = open.orders[0];
  switch (open.kind) {
    case "assign": return <AssignDialog {...props} />;
    case "priority": return <PriorityDialog {...props} />;
    case "schedule": return <ScheduleDialog {...props} />;
    case "plain": return <MoveAllDialog {...props} move={open.move} />;
    case "refused": return first ? <PermitRefusalDialog order={first} problem={open.problem} close={close} /> : null;
    case "reason": return <ReasonDialog {...props} move={open.move} />;
    case "move": return first ? <MoveDialog order={first} close={close} choose={move} /> : null;
  }
}
