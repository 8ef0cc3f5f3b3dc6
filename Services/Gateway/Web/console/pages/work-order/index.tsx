import { useEffect, useRef, useState } from "react";
import { problemText } from "../../../shared/api/problemText";
import { useData } from "../../../shared/data";
import { useText } from "../../../shared/localization";
import { useFormat } from "../../../shared/localization/format";
import { navigate, usePathValue, useSearch } from "../../../shared/router";
import { useMay } from "../../../shared/session/session";
import { Banner, Button, Card, ErrorState, Skeleton } from "../../../shared/ui";
import { CommentsCard } from "../../comments/CommentsCard";
import { CostsCard } from "../../costs/CostsCard";
import { HoursCard } from "../../hours/HoursCard";
import { FilesCard } from "../../files/FilesCard";
import { LevelCard } from "../../levels/LevelCard";
import { useFreshClocks } from "../../levels/useFreshClocks";
import { useOrderDialogs } from "../../orders/useOrderDialogs";
import { isOpen, printPath, type WorkOrder } from "../../orders/orders";
import { PageKeys } from "../../PageKeys";
import { PermitsCard } from "../../permits/PermitsCard";
import { PartsCard } from "../../parts/PartsCard";
import { SignaturesCard } from "../../signatures/SignaturesCard";
import { useKeys } from "../../useKeys";
import { NewDialog } from "../work-order-new/NewDialog";
import { useKeyGroups } from "../work-orders/keyGroups";
import { EditForm } from "./EditForm";
import { Evidence } from "./Evidence";
import { Facts } from "./Facts";
import { NextSteps } from "./NextSteps";
import { EndNotes, SafetyNotes } from "./OrderNotes";
import { OrderAlerts } from "./OrderAlerts";
import { OrderHeader } from "./OrderHeader";
import { Story } from "./Story";
import { Tasks } from "./Tasks";

const toTasks = () => document.querySelector<HTMLElement>(".orders-tasks > [tabindex='0']")?.focus();

/** One work order: what it is, what is to be done, and its story. */
export default function WorkOrderPage() {
  const id = usePathValue("id");
  const { data, problem, retry } = useData("GET /api/v1/workorders/{id}", { path: { id } });
  if (data) return <Shown order={data} problem={problem && problemText(problem)} retry={retry} />;
  if (problem) return <ErrorState problem={{ message: problemText(problem), requestId: problem.requestId }} retry={retry} />;
  return <div className="stack"><Skeleton height={64} /><Skeleton lines={10} /></div>;
}

function Shown({ order, problem, retry }: { order: WorkOrder; problem: string | undefined; retry: () => void }) {
  const text = useText();
  const format = useFormat();
  const may = useMay();
  const [search, setSearch] = useSearch();
  const dialogs = useOrderDialogs();
  useFreshClocks();
  const [open, setOpen] = useState<"new" | "keys" | null>(null);
  const keyGroups = useKeyGroups("detail");
  const mayEdit = order.openFields.length > 0 && (may("workorder:update") || may("workorder:reschedule"));
  // Whoever has begun goes on: what they have typed stays, also when somebody closes the work order meanwhile.
  const hasBegun = useRef(false);
  const isEditing = search.get("edit") === "1" && (mayEdit || hasBegun.current);
  hasBegun.current = isEditing;
  const edit = (on: boolean) => setSearch({ edit: on ? "1" : null });
  const wasEditing = useRef(isEditing);
  useEffect(() => {
    // Whoever has finished is where they began.
    const isOver = wasEditing.current && !isEditing && !document.querySelector("dialog[open]");
    if (isOver) (document.querySelector<HTMLElement>("[aria-keyshortcuts=e]") ?? document.getElementById("content"))?.focus();
    wasEditing.current = isEditing;
  }, [isEditing]);
  useEffect(() => void (document.title = `${order.number} ${order.title} – dCMMS`), [order.number, order.title]);
  useKeys({
    c: may("workorder:create") ? () => setOpen("new") : undefined,
    e: mayEdit && !isEditing ? () => edit(true) : undefined,
    m: () => dialogs.open("move", [order]),
    a: may("workorder:assign") && isOpen(order, "assignedTo") ? () => dialogs.open("assign", [order]) : undefined,
    j: toTasks,
    k: toTasks,
    t: () => document.querySelector<HTMLElement>(".orders-task-new input")?.focus(),
    f: () => document.querySelector<HTMLElement>(".file-choose")?.click(),
    r: () => navigate(printPath(order)),
    "?": () => setOpen("keys"),
  });
  return (
    <>
      <OrderHeader order={order} dialogs={dialogs} edit={mayEdit && !isEditing ? () => edit(true) : undefined} />
      {order.archivedAt && <Banner>{text("orders.archived", { date: format.date(order.archivedAt) })}</Banner>}
      {problem && <Banner tone="warning" icon="offline" action={<Button size="small" onClick={retry}>{text("ui.retry")}</Button>}>{problem}</Banner>}
      <div className="orders-detail">
        <div className="stack orders-detail-next"><NextSteps order={order} /><LevelCard order={order} /></div>
        <div className="stack orders-detail-work">
          {isEditing
            ? <EditForm key={order.id} order={order} close={() => edit(false)} />
            : (
              <Card title={text("orders.description")}>
                <div className="stack">
                  <SafetyNotes order={order} />
                  {order.description ? <p className="orders-description" dir="auto">{order.description}</p> : <p className="muted">{text("orders.description.none")}</p>}
                  <EndNotes order={order} />
                </div>
              </Card>
            )}
          <Tasks order={order} />
          <PermitsCard order={order} />
          <FilesCard order={order} />
          <CommentsCard order={order} />
          <PartsCard order={order} />
          <HoursCard order={order} />
          <CostsCard order={order} />
          <SignaturesCard order={order} />
          <Story order={order} />
        </div>
        <div className="stack orders-detail-side">
          <Card title={text("orders.facts")}><Facts order={order} /></Card>
          <Evidence order={order} />
          <OrderAlerts order={order} />
        </div>
      </div>
      {dialogs.element}
      {open === "new" && <NewDialog asset={order.assetId} close={() => setOpen(null)} />}
      {open === "keys" && <PageKeys groups={keyGroups} close={() => setOpen(null)} />}
    </>
  );
}
