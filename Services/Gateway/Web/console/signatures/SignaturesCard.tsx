import { useState } from "react";
import { useText } from "../../shared/localization";
import { Badge, Button, Card, ErrorState, Skeleton } from "../../shared/ui";
import { shownProblem } from "../administration/useApiForm";
import { SiteTime } from "../orders/Names";
import type { WorkOrder } from "../orders/orders";
import { useNames } from "../people";
import { SignDialog } from "./SignDialog";
import { isSignable, useMeanings, useSignatures, type Meaning, type Signature } from "./signatures";

/** Who has signed what and when, and whether the work order still is what they have signed. */
export function SignaturesCard({ order }: { order: WorkOrder }) {
  const text = useText();
  const { signatures, problem, retry } = useSignatures(order);
  const offered = useMeanings(order, signatures ?? []);
  const [open, setOpen] = useState<Meaning | null>(null);
  // Before it is completed nobody signs it; what was signed before it was reopened stays.
  if (!isSignable(order) && !signatures?.length) return null;
  const actions = signatures && offered.map((meaning) => (
    <Button key={meaning} size="small" icon="edit" onClick={() => setOpen(meaning)}>{text(`orders.signature.sign.${meaning}`)}</Button>
  ));
  return (
    <Card title={text("orders.signatures")} actions={actions}>
      {!signatures ? problem ? <ErrorState problem={shownProblem(problem) ?? { message: "" }} retry={retry} /> : <Skeleton lines={2} />
        : signatures.length === 0 ? <p className="muted">{text("orders.signature.none")}</p>
        : <ul className="signatures" aria-label={text("orders.signatures")}>{signatures.map((one) => <Line key={one.id} order={order} signature={one} />)}</ul>}
      {open && <SignDialog order={order} meaning={open} signed={retry} close={() => setOpen(null)} />}
    </Card>
  );
}

function Line({ order, signature: { meaning, signedBy, signedAt, intact, version, sha256 } }: { order: WorkOrder; signature: Signature }) {
  const text = useText();
  const nameOf = useNames();
  return (
    <li className="signature">
      <div className="row">
        <span className="signature-who"><bdi>{nameOf(signedBy)}</bdi></span>
        <span>{text(`orders.signature.says.${meaning}`)}</span>
        <Badge tone={intact ? "success" : "danger"} icon={intact ? "check" : "alert"}>{text(intact ? "orders.signature.intact" : "orders.signature.broken")}</Badge>
      </div>
      <div className="muted signature-facts">
        <SiteTime order={order} at={signedAt} />
        <span>{text("orders.signature.version", { version: String(version) })}</span>
        <span className="signature-hash" title={sha256}>{text("orders.signature.hash")} <code>{sha256.slice(0, 16)}</code></span>
      </div>
      {!intact && <p>{text("orders.signature.broken_text")}</p>}
    </li>
  );
}
