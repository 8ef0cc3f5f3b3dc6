import { useText } from "../../../shared/localization";
import { useFormat } from "../../../shared/localization/format";
import { Link } from "../../../shared/router";
import { Badge, KeyValue } from "../../../shared/ui";
import { SiteTime } from "../../orders/Names";
import type { WorkOrder } from "../../orders/orders";
import { useHistory } from "../../orders/useHistory";
import { usePerson } from "../../people";
import { useAsset, useSites, useZones } from "../../places";
import { useRequestOf } from "../../requests/requests";
import { TemplateName } from "../../templates/TemplateName";
import { useOrderAlerts } from "./OrderAlerts";

/** What there is to know at a glance; times by the clock of the site. */
export function Facts({ order }: { order: WorkOrder }) {
  const text = useText();
  const format = useFormat();
  const asset = useAsset(order.assetId);
  const site = useSites().get(order.siteId);
  const zone = useZones()(order.siteId);
  const assignee = usePerson(order.assignedTo);
  const steps = useHistory(order);
  const took = order.actualStart && order.actualEnd ? Date.parse(order.actualEnd) - Date.parse(order.actualStart) : null;
  return (
    <div className="stack-tight">
      <KeyValue
        entries={[
          { label: text("orders.asset"), value: asset ? <Link to={`/assets/${asset.id}`}>{`${asset.code} – ${asset.name}`}</Link> : text("orders.asset_unknown") },
          { label: text("orders.site"), value: site ? <Link to={`/sites/${site.id}`}>{site.name}</Link> : asset?.siteCode ?? null },
          { label: text("orders.type"), value: text(`orders.type.${order.type}`) },
          { label: text("orders.assignee"), value: assignee ? assignee.name : text("orders.nobody") },
          { label: text("orders.skills"), value: order.requiredSkills.length > 0 ? <span className="row">{order.requiredSkills.map((skill) => <Badge key={skill}>{skill}</Badge>)}</span> : undefined },
          { label: text("orders.planned_start"), value: <SiteTime order={order} at={order.scheduledStart} /> },
          { label: text("orders.planned_end"), value: <SiteTime order={order} at={order.scheduledEnd} /> },
          { label: text("orders.actual_start"), value: <SiteTime order={order} at={order.actualStart} /> },
          { label: text("orders.actual_end"), value: <SiteTime order={order} at={order.actualEnd} /> },
          { label: text("orders.took"), value: took === null ? undefined : format.duration(took) },
          { label: text("orders.origin"), value: <Origin order={order} /> },
          { label: text("orders.verdict"), value: order.verdict ? text(`orders.verdict.${order.verdict}`) : undefined },
          { label: text("orders.cause"), value: order.cause ? <bdi>{order.cause}</bdi> : undefined },
          { label: text("orders.template"), value: order.templateId ? <TemplateName id={order.templateId} version={order.templateVersion ?? 1} /> : undefined },
          { label: text("orders.created_by"), value: nameOf(order.createdBy) },
          { label: text("orders.created"), value: <SiteTime order={order} at={order.createdAt} /> },
          { label: text("orders.submitted_by"), value: nameOf(steps.submittedBy) },
          { label: text("orders.approved_by"), value: nameOf(steps.approvedBy) },
          { label: text("orders.worked_by"), value: order.workedBy.length > 0 ? <People ids={order.workedBy} /> : undefined },
          { label: text("orders.verified_by"), value: nameOf(steps.verifiedBy) },
        ]}
      />
      <p className="muted orders-zone">{text("orders.zone", { zone: zone.replace(/_/g, " ") })}</p>
    </div>
  );
}

const nameOf = (id: string | null | undefined) => (id ? <People ids={[id]} /> : undefined);

function People({ ids }: { ids: readonly string[] }) {
  return <ul className="orders-people">{ids.map((id) => <li key={id}><PersonName id={id} /></li>)}</ul>;
}

function PersonName({ id }: { id: string }) {
  return <bdi>{usePerson(id)?.name}</bdi>;
}

/** Where it comes from: a person, an alert or a prediction. */
function Origin({ order }: { order: WorkOrder }) {
  const text = useText();
  // The work order names what asked for it, which is not the alert's own id; the alert names its work order.
  const { alerts: [alert], isKnown } = useOrderAlerts(order);
  const request = useRequestOf(order);
  const words = text(`orders.origin.${order.origin}`);
  if (request) return <Link to={`/requests/${request.id}`}>{text("orders.origin.asked", { place: request.label })}</Link>;
  if (alert && isKnown && order.origin === "alert") return <Link to={`/alerts/${alert.id}`}>{words}</Link>;
  // A failed check: its work order stands before its task.
  const before = order.origin === "follow_up" ? order.originId?.split("/")[0] : undefined;
  if (before) return <Link to={`/work-orders/${before}`}>{words}</Link>;
  if (order.origin === "prediction") return <Link to={`/assets/${order.assetId}`}>{words}</Link>;
  return <>{words}</>;
}
