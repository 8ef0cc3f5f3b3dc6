import { useState } from "react";
import { useText } from "../../../shared/localization";
import { navigate } from "../../../shared/router";
import { useMay } from "../../../shared/session/session";
import { Badge, Button, CopyButton, Menu, PageHeader, Status, type MenuItem } from "../../../shared/ui";
import { LevelBadge } from "../../levels/LevelMarks";
import { useMoveName, useObstacle } from "../../orders/useMoveWords";
import { boardPath, isClosed, isOpen, isOverdue, moves, movesOf, printPath, standing, type Move, type WorkOrder } from "../../orders/orders";
import { useHistory } from "../../orders/useHistory";
import { FromOrderDialog } from "../../templates/FromOrderDialog";
import type { OrderDialogs } from "../../orders/useOrderDialogs";
import { DeleteDialog } from "./DeleteDialog";

/** The step that usually comes next stands out. */
const usual: Move[] = ["approve", "start", "resume", "complete", "verify", "close", "submit"];

export function OrderHeader({ order, dialogs, edit }: { order: WorkOrder; dialogs: OrderDialogs; edit: (() => void) | undefined }) {
  const text = useText();
  const may = useMay();
  const name = useMoveName(order);
  const { submittedBy } = useHistory(order);
  const obstacle = useObstacle();
  const why = (move: Move) => obstacle(order, move, submittedBy);
  const offered = movesOf(order).filter((move) => may(moves[move].permission));
  const beside = offered.filter((move) => move !== "cancel" && move !== "unschedule");
  const behind = offered.filter((move) => !beside.includes(move));
  const [open, setOpen] = useState<"template" | "delete" | null>(null);
  // More than a draft is cancelled instead: it was told to others.
  const mayDelete = may("workorder:delete") && order.phase === "draft";
  const mayPlan = !isClosed(order) && may("schedule:read") && (may("workorder:schedule") || may("workorder:reschedule"));
  const items: MenuItem[] = [
    { key: "print", label: text("orders.print.menu"), icon: "file", run: () => navigate(printPath(order)) },
    ...(mayPlan ? [{ key: "schedule", label: text("orders.schedule.board.show"), icon: "calendar" as const, run: () => navigate(boardPath(order)) }] : []),
    ...(may("procedure:manage") ? [{ key: "template", label: text("orders.template.from_order"), icon: "copy" as const, run: () => setOpen("template") }] : []),
    ...behind.map((move) => ({ key: move, label: name(order, move), icon: moves[move].icon, danger: move === "cancel", run: () => dialogs.move(order, move) })),
    ...(mayDelete ? [{ key: "delete", label: text("orders.delete"), icon: "trash" as const, danger: true, run: () => setOpen("delete") }] : []),
  ];
  const next = usual.find((move) => beside.includes(move) && !why(move));
  return (
    <PageHeader
      title={<span dir="auto">{order.title}</span>}
      crumbs={[{ title: text("pages.work_orders"), to: "/work-orders" }]}
      meta={
        <span className="row">
          <code>{order.number}</code><CopyButton value={location.origin + location.pathname} label={text("orders.copy_link")} />
          <Status kind="workOrder" value={order.status} soft />
          {standing(order).kind === "phase" && <Status {...standing(order)} soft />}
          <Status kind="priority" value={order.priority} />
          <LevelBadge order={order} />
          {isOverdue(order) && <Badge tone="danger" icon="clock">{text("orders.overdue")}</Badge>}
        </span>
      }
      actions={
        <>
          {beside.map((move) => (
            <Button key={move} kind={move === next ? "primary" : "secondary"} icon={moves[move].icon} disabledReason={why(move)} onClick={() => dialogs.move(order, move)}>
              {name(order, move)}
            </Button>
          ))}
          {may("workorder:assign") && isOpen(order, "assignedTo") && <Button icon="user" onClick={() => dialogs.open("assign", [order])} aria-keyshortcuts="a">{text("orders.assign.confirm")}</Button>}
          {edit && <Button icon="edit" onClick={edit} aria-keyshortcuts="e">{text("orders.edit")}</Button>}
          <Menu label={text("orders.more")} items={items} />
          {open === "template" && <FromOrderDialog order={order} close={() => setOpen(null)} />}
          {open === "delete" && <DeleteDialog order={order} close={() => setOpen(null)} />}
        </>
      }
    />
  );
}
