import { useText } from "../../../shared/localization";
import { useMay } from "../../../shared/session/session";
import { Badge, Button, CopyButton, Menu, PageHeader, Status } from "../../../shared/ui";
import { useObstacle } from "../../orders/MoveDialog";
import { isOpen, isOverdue, moves, movesOf, type Move, type WorkOrder } from "../../orders/orders";
import type { OrderDialogs } from "../../orders/useOrderDialogs";

/** The step that usually comes next stands out. */
const usual: Move[] = ["approve", "start", "resume", "complete", "verify", "close", "submit"];
/** Those that say more than the status does. */
const told = ["submitted", "completed", "verified"] as const;

export function OrderHeader({ order, dialogs, edit }: { order: WorkOrder; dialogs: OrderDialogs; edit: (() => void) | undefined }) {
  const text = useText();
  const may = useMay();
  const why = useObstacle();
  const offered = movesOf(order).filter((move) => may(moves[move].permission));
  const beside = offered.filter((move) => move !== "cancel" && move !== "unschedule");
  const behind = offered.filter((move) => !beside.includes(move));
  const phase = told.find((one) => one === order.phase);
  const next = usual.find((move) => beside.includes(move) && !why(order, move));
  return (
    <PageHeader
      title={<span dir="auto">{order.title}</span>}
      crumbs={[{ title: text("pages.work_orders"), to: "/work-orders" }]}
      meta={
        <span className="row">
          <code>{order.number}</code><CopyButton value={location.origin + location.pathname} label={text("orders.copy_link")} />
          <Status kind="workOrder" value={order.status} soft />
          {phase && <Badge tone="info">{text(`orders.phase.${phase}`)}</Badge>}
          <Status kind="priority" value={order.priority} />
          {isOverdue(order) && <Badge tone="danger" icon="clock">{text("orders.overdue")}</Badge>}
        </span>
      }
      actions={
        <>
          {beside.map((move) => (
            <Button key={move} kind={move === next ? "primary" : "secondary"} icon={moves[move].icon} disabledReason={why(order, move)} onClick={() => dialogs.move(order, move)}>
              {text(move === "schedule" && order.status === "scheduled" ? "orders.move.reschedule" : `orders.move.${move}`)}
            </Button>
          ))}
          {may("workorder:assign") && isOpen(order, "assignedTo") && <Button icon="user" onClick={() => dialogs.open("assign", [order])} aria-keyshortcuts="a">{text("orders.assign.confirm")}</Button>}
          {edit && <Button icon="edit" onClick={edit} aria-keyshortcuts="e">{text("orders.edit")}</Button>}
          {behind.length > 0 && (
            <Menu
              label={text("orders.more")}
              items={behind.map((move) => ({ key: move, label: text(`orders.move.${move}`), icon: moves[move].icon, danger: move === "cancel", run: () => dialogs.move(order, move) }))}
            />
          )}
        </>
      }
    />
  );
}
