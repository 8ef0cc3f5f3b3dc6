import { useEffect, useState, type ReactNode } from "react";
import { problemText } from "../../../shared/api/problemText";
import { useData } from "../../../shared/data";
import { useText } from "../../../shared/localization";
import { useFormat } from "../../../shared/localization/format";
import { Link, usePathValue } from "../../../shared/router";
import { useMay, useUser } from "../../../shared/session/session";
import { Banner, Button, Card, ConfirmDialog, ErrorState, KeyValue, PageHeader, Skeleton } from "../../../shared/ui";
import { readIfStale } from "../../administration/readIfStale";
import { explain } from "../../administration/useApiForm";
import { Actions } from "../../incidents/Actions";
import { FindingsDialog } from "../../incidents/FindingsDialog";
import { IncidentStatusBadge, SeverityBadge } from "../../incidents/IncidentBadges";
import { moveIcons, moveIncident, type Incident, type IncidentMove } from "../../incidents/incidents";
import { useNames } from "../../people";
import { useAsset, useSites, useZones } from "../../places";
import { useKeys } from "../../useKeys";

/** One incident: what happened, what was found, and what is done about it. */
export default function IncidentPage() {
  const id = usePathValue("id");
  const { data, problem, retry } = useData("GET /api/v1/incidents/{id}", { path: { id } });
  if (data) return <Shown incident={data} retry={retry} />;
  if (problem) return <ErrorState problem={{ message: problemText(problem), requestId: problem.requestId }} retry={retry} />;
  return <div className="stack"><Skeleton height={64} /><Skeleton lines={10} /></div>;
}

function Shown({ incident, retry }: { incident: Incident; retry: () => void }) {
  const text = useText();
  const may = useMay()("incident:investigate", (condition) => condition !== "minor" || incident.severity === "minor");
  const self = useUser().id;
  const [open, setOpen] = useState<IncidentMove | "write" | null>(null);
  const mayWrite = may && incident.status !== "closed";
  useEffect(() => void (document.title = `${incident.number} ${incident.title} – dCMMS`), [incident.number, incident.title]);
  useKeys({ e: mayWrite ? () => setOpen("write") : undefined });
  const close = () => setOpen(null);
  // What is missing, the server says: this much the page knows.
  const openActions = incident.actions.filter(({ doneAt }) => !doneAt).length;
  const why = (move: IncidentMove): string | undefined =>
    move !== "close" ? undefined
    : openActions > 0 ? text("orders.incident.open_actions", { count: openActions })
    : incident.needsAnother && incident.reportedBy === self ? text("orders.incident.needs_another") : undefined;
  return (
    <>
      <PageHeader
        title={<span dir="auto">{incident.title}</span>} crumbs={[{ title: text("pages.incidents"), to: "/incidents" }]}
        meta={<span className="row"><code>{incident.number}</code><IncidentStatusBadge status={incident.status} /><SeverityBadge severity={incident.severity} /></span>}
        actions={may && (
          <>
            {incident.allowedTransitions.map((move, index) => (
              <Button key={move} kind={index === 0 && !why(move) ? "primary" : "secondary"} icon={moveIcons[move]} disabledReason={why(move)} onClick={() => setOpen(move)}>{text(`orders.incident.move.${move}`)}</Button>
            ))}
            {mayWrite && <Button icon="edit" aria-keyshortcuts="e" onClick={() => setOpen("write")}>{text("orders.incident.write")}</Button>}
          </>
        )}
      />
      <div className="orders-detail">
        <div className="stack orders-detail-work">
          <Words title={text("orders.incident.description")} words={incident.description} />
          {incident.immediateAction && <Words title={text("orders.incident.at_once")} words={incident.immediateAction} />}
          <Words title={text("orders.incident.findings")} words={incident.findings} none={text("orders.incident.no_findings")} />
          {(incident.rootCause || incident.findings) && <Words title={text("orders.incident.root_cause")} words={incident.rootCause} none={text("orders.incident.no_cause")} />}
          <Actions incident={incident} mayChange={mayWrite} read={retry} />
        </div>
        <div className="stack orders-detail-side"><Facts incident={incident} /></div>
      </div>
      {open === "write" && <FindingsDialog incident={incident} changed={retry} close={close} />}
      {open && open !== "write" && (
        <ConfirmDialog
          title={text(`orders.incident.ask.${open}`, { number: incident.number })} confirm={text(`orders.incident.move.${open}`)} explain={explain} close={close}
          run={async () => {
            await readIfStale(moveIncident(incident, open), retry);
            retry();
          }}
        >
          <p dir="auto">{incident.title}</p>
          {open === "close" && <Banner>{text("orders.incident.close_text")}</Banner>}
        </ConfirmDialog>
      )}
    </>
  );
}

function Words({ title, words, none }: { title: string; words?: string | null | undefined; none?: ReactNode }) {
  return <Card title={title}>{words ? <p className="orders-description" dir="auto">{words}</p> : <p className="muted">{none}</p>}</Card>;
}

function Facts({ incident }: { incident: Incident }) {
  const text = useText();
  const format = useFormat();
  const nameOf = useNames();
  const site = useSites().get(incident.siteId);
  const asset = useAsset(incident.assetId);
  const zone = useZones()(incident.siteId);
  const person = (id: string | null | undefined) => (id ? <bdi>{nameOf(id)}</bdi> : undefined);
  return (
    <Card title={text("orders.facts")}>
      <KeyValue
        entries={[
          { label: text("orders.incident.kind"), value: text(`orders.incident.kind.${incident.kind}`) },
          { label: text("orders.incident.when"), value: format.dateTime(incident.occurredAt, zone) },
          { label: text("orders.site"), value: site ? <Link to={`/sites/${site.id}`}>{site.name}</Link> : null },
          { label: text("orders.asset"), value: asset ? <Link to={`/assets/${asset.id}`}>{`${asset.code} – ${asset.name}`}</Link> : undefined },
          { label: text("pages.work_order"), value: incident.workOrderId ? <Link to={`/work-orders/${incident.workOrderId}`}>{text("orders.incident.to_order")}</Link> : undefined },
          { label: text("orders.incident.reported_by"), value: person(incident.reportedBy) },
          { label: text("orders.incident.reported_at"), value: format.dateTime(incident.reportedAt, zone) },
          { label: text("orders.incident.investigator"), value: person(incident.investigator) },
          {
            label: text("orders.incident.people"),
            value: incident.people.length > 0
              ? <ul className="orders-people">{incident.people.map((one) => <li key={`${one.userId} ${one.role}`}><bdi>{nameOf(one.userId)}</bdi>, {text(`orders.incident.role.${one.role}`)}</li>)}</ul> : undefined,
          },
          { label: text("orders.incident.closed_by"), value: person(incident.closedBy) },
        ]}
      />
    </Card>
  );
}
