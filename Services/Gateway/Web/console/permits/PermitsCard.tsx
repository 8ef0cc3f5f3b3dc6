import { useEffect, useState } from "react";
import { useData } from "../../shared/data";
import { listed, useText } from "../../shared/localization";
import { problemText } from "../../shared/api/problemText";
import { Link, useSearch } from "../../shared/router";
import { useMay } from "../../shared/session/session";
import { Banner, Button, Card, Icon, toast, type IconName } from "../../shared/ui";
import { PickMany } from "../administration/PickMany";
import { changeOrder, readOrder } from "../orders/changes";
import { isClosed, isOpen, type WorkOrder } from "../orders/orders";
import { EditDialog } from "../pages/assets/EditDialog";
import { useEdit } from "../pages/assets/useEdit";
import { LocksOn, PermitStatusBadge, TimeLeft } from "./PermitBadges";
import { NewPermitDialog } from "./PermitDialogs";
import { permitKinds, type PermitKind } from "./permits";
import { useKindName } from "./useKindName";
import { useMissingPermits } from "./useMissingPermits";

/** Which permits the work requires, whether each is there, and those that it has. */
export function PermitsCard({ order }: { order: WorkOrder }) {
  const text = useText();
  const kindName = useKindName();
  const may = useMay();
  const [isRequiring, setRequiring] = useState(false);
  // A refusal leads here: the address says that a permit is to be prepared.
  const [search, setSearch] = useSearch();
  const openNew = (on: boolean) => setSearch({ permit: on ? "new" : null });
  const { data, problem, retry } = useData("GET /api/v1/workorders/{id}/permits", { path: { id: order.id } });
  const isKnown = data !== undefined;
  useEffect(() => {
    if (isKnown && location.hash === "#safety") document.getElementById("safety")?.scrollIntoView();
  }, [isKnown]);
  const permits = data?.items ?? [];
  const missing = useMissingPermits(order);
  /** What was required of work that is done is in force no more, and need not be. */
  const standingOf = (kind: PermitKind): { icon: IconName; words: string } => isClosed(order) ? { icon: "shield", words: kindName(kind) }
    : missing.includes(kind) ? { icon: "alert", words: text("orders.permit.is_missing", { kind: kindName(kind) }) } : { icon: "check", words: text("orders.permit.is_there", { kind: kindName(kind) }) };
  const mayRequire = may("workorder:update") && isOpen(order, "requiredPermits");
  const mayNew = may("permit:request") && !isClosed(order);
  return (
    <div id="safety">
      <Card
        title={text("orders.permit.safety")}
        actions={
          <>
            {mayRequire && <Button size="small" icon="edit" onClick={() => setRequiring(true)}>{text("orders.permit.require")}</Button>}
            {mayNew && <Button size="small" icon="plus" onClick={() => openNew(true)}>{text("orders.permit.new")}</Button>}
          </>
        }
      >
        <div className="stack-tight">
          {problem && !data && <Banner tone="warning" action={<Button size="small" onClick={retry}>{text("ui.retry")}</Button>}>{problemText(problem)}</Banner>}
          {order.requiredPermits.length === 0 ? <p className="muted">{text("orders.permit.none_required")}</p> : data && (
            <ul className="orders-people" aria-label={text("orders.permit.required")}>
              {order.requiredPermits.map((kind) => (
                <li key={kind} className="row"><Icon name={standingOf(kind).icon} size={14} />{standingOf(kind).words}</li>
              ))}
            </ul>
          )}
          {permits.length > 0 && (
            <ul className="admin-lines" aria-label={text("pages.permits")}>
              {permits.map((one) => (
                <li key={one.id}>
                  <span className="stack-tight"><Link to={`/permits/${one.id}`}><code>{one.number}</code></Link><span><bdi>{one.title}</bdi> – {kindName(one.kind)}</span></span>
                  <span className="row"><PermitStatusBadge status={one.status} /><TimeLeft permit={one} /><LocksOn permit={one} /></span>
                </li>
              ))}
            </ul>
          )}
        </div>
        {search.get("permit") === "new" && mayNew && data && <NewPermitDialog order={order} kind={order.requiredPermits.find((kind) => !permits.some((one) => one.kind === kind && one.status !== "closed" && one.status !== "cancelled"))} close={() => openNew(false)} />}
        {isRequiring && <RequireDialog order={order} close={() => setRequiring(false)} />}
      </Card>
    </div>
  );
}

interface Required { requiredPermits: string[] }

/** If somebody else requires other permits meanwhile, both are shown: nobody takes away unseen what makes work safe. */
function RequireDialog({ order, close }: { order: WorkOrder; close: () => void }) {
  const text = useText();
  const kindName = useKindName();
  const chosen = (kinds: readonly string[]) => permitKinds.filter((kind) => kinds.includes(kind));
  const edit = useEdit<WorkOrder, Required>({
    record: order,
    valuesOf: ({ requiredPermits }) => ({ requiredPermits: chosen(requiredPermits) }),
    read: () => readOrder(order.id),
    send: (changes, version) => changeOrder({ ...order, version }, { requiredPermits: chosen(changes.requiredPermits ?? []) }),
    done: () => {
      close();
      toast({ tone: "success", text: text("admin.saved") });
    },
  });
  return (
    <EditDialog
      title={text("orders.permit.require")} edit={edit} size="small" close={close} labels={{ requiredPermits: text("orders.permit.required") }}
      shown={(_, values) => listed(chosen(values.requiredPermits).map(kindName)) || text("orders.permit.none_required")}
    >
      <PickMany label={text("orders.permit.required")} {...edit.form.field("requiredPermits")} options={permitKinds.map((value) => ({ value, label: kindName(value) }))} placeholder={text("orders.permit.kind")} />
    </EditDialog>
  );
}
