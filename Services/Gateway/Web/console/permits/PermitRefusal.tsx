import type { Problem } from "../../shared/api/Problem";
import { problemText } from "../../shared/api/problemText";
import { useData } from "../../shared/data";
import { useText } from "../../shared/localization";
import { Link } from "../../shared/router";
import { useMay } from "../../shared/session/session";
import { Banner, Button, Dialog } from "../../shared/ui";
import { isClosed, type WorkOrder } from "../orders/orders";
import { locksOn, permitKinds, type Permit, type PermitKind } from "./permits";
import { useKindName } from "./useKindName";

const codes: ReadonlySet<string> = new Set(["permit_missing", "permit_not_in_force", "isolations_open"]);

/** Whether permits or locks hold a work order back. */
export const isOfPermits = ({ code }: Problem): boolean => codes.has(code);

/** Which permits the refusal is about. */
function meant({ code, document }: Problem, permits: readonly Permit[]): Permit[] {
  const { permit, permitKind } = document.parameters ?? {};
  if (code === "isolations_open") return permits.filter((one) => locksOn(one) > 0);
  if (code === "permit_not_in_force") return permits.filter(({ number }) => number === permit);
  return permits.filter(({ kind, status }) => kind === permitKind && status !== "closed" && status !== "cancelled");
}

const kindNamed = ({ document }: Problem, name: (kind: PermitKind) => string): string => {
  const kind = permitKinds.find((one) => one === document.parameters?.["permitKind"]);
  return kind ? name(kind) : "";
};

/** Whoever is there already is taken to the section. */
const showSafety = () => document.getElementById("safety")?.scrollIntoView();

/** Where to go: the permits that hold it back, or the work order's own, if there is none of that kind. */
export function WhereTo({ order, problem, gone }: { order: WorkOrder; problem: Problem; gone?: () => void }) {
  const text = useText();
  const kindName = useKindName();
  const mayNew = useMay()("permit:request") && !isClosed(order);
  const { data } = useData("GET /api/v1/workorders/{id}/permits", isOfPermits(problem) ? { path: { id: order.id } } : null);
  if (!data) return null;
  const found = meant(problem, data.items);
  return (
    <ul className="orders-people" onClick={gone}>
      {found.map(({ id, number }) => <li key={id}><Link to={`/permits/${id}`}>{text("orders.permit.to", { number })}</Link></li>)}
      {found.length === 0 && mayNew && <li><Link to={`/work-orders/${order.id}?permit=new`} className="ui-button ui-button-secondary ui-button-medium">{text("orders.permit.prepare", { kind: kindNamed(problem, kindName) })}</Link></li>}
      {found.length === 0 && !mayNew && <li><Link to={`/work-orders/${order.id}#safety`} onClick={() => setTimeout(showSafety)}>{text("orders.permit.to_safety", { number: order.number })}</Link></li>}
    </ul>
  );
}

/** The same for moves that ask nothing, and so have no dialog of their own. */
export function PermitRefusalDialog({ order, problem, close }: { order: WorkOrder; problem: Problem; close: () => void }) {
  const text = useText();
  return (
    <Dialog title={text("orders.permit.refused")} size="small" close={close} actions={<Button kind="primary" onClick={close}>{text("ui.close")}</Button>}>
      <div className="stack-tight"><Banner tone="danger">{problemText(problem)}</Banner><WhereTo order={order} problem={problem} gone={close} /></div>
    </Dialog>
  );
}
