import { useState } from "react";
import { listed, useText } from "../../../shared/localization";
import { useFormat } from "../../../shared/localization/format";
import { useUser } from "../../../shared/session/session";
import { KeyValue, useStatusName } from "../../../shared/ui";
import { endings } from "../../orders/edit";
import { standing, type WorkOrder } from "../../orders/orders";
import { useNames } from "../../people";
import { useKindName } from "../../permits/useKindName";
import { Checklist } from "../../print/Checklist";
import { Comments, Signatures } from "../../print/Names";
import { Photos } from "../../print/Photos";
import { Section } from "../../print/Section";
import type { Sheet } from "../../print/sheet";
import { CostsTable, HoursTable, PartsTable, PermitsTable } from "../../print/Tables";

interface PaperProps { order: WorkOrder; sheet: Sheet; settled: (id: string) => void }

/** What stands on the sheets, from the head of the first to the names under the last. */
export function Paper({ order, sheet, settled }: PaperProps) {
  const text = useText();
  const format = useFormat();
  const user = useUser();
  const statusOf = useStatusName();
  const kindName = useKindName();
  const [printedAt] = useState(Date.now);
  const { zone, photos, otherFiles, permits, parts, hours, costs, comments, signatures } = sheet;
  const where = standing(order);
  return (
    <article className="print-sheet">
      <header className="print-head">
        <span><bdi>{sheet.organization}</bdi></span>
        <span>{text("orders.print.printed", { name: user.displayName, time: format.dateTime(printedAt, zone) })}</span>
      </header>
      <h1><code>{order.number}</code> <span dir="auto">{order.title}</span></h1>
      <p className="print-standing">
        <strong>{statusOf(where.kind, where.value)}</strong><span>{text(`orders.type.${order.type}`)}</span><span>{text("orders.priority")}: <strong>{statusOf("priority", order.priority)}</strong></span>
      </p>
      <Section title={text("orders.facts")} whole><Facts order={order} sheet={sheet} /></Section>
      {order.safetyNotes && <Section title={text("orders.note.safetyNotes")}><p className="print-words" dir="auto">{order.safetyNotes}</p></Section>}
      {order.description && <Section title={text("orders.description")}><p className="print-words" dir="auto">{order.description}</p></Section>}
      {order.tasks.length > 0 && <Section title={text("orders.tasks")}><Checklist order={order} zone={zone} photos={photos} /></Section>}
      {endings.filter((name) => order[name]).map((name) => <Section key={name} title={text(`orders.note.${name}`)}><p className="print-words" dir="auto">{order[name]}</p></Section>)}
      {(order.requiredPermits.length > 0 || permits.length > 0) && (
        <Section title={text("orders.permit.safety")}>
          {order.requiredPermits.length > 0 && <p>{text("orders.permit.required")}: {listed(order.requiredPermits.map(kindName))}</p>}
          {permits.length > 0 && <PermitsTable permits={permits} zone={zone} />}
        </Section>
      )}
      {parts.length > 0 && <Section title={text("orders.parts")}><PartsTable parts={parts} /></Section>}
      {hours.length > 0 && <Section title={text("orders.hours")}><HoursTable hours={hours} zone={zone} /></Section>}
      {costs && (costs.entries ?? []).length > 0 && <Section title={text("orders.cost")}><CostsTable costs={costs} zone={zone} /></Section>}
      {photos.length > 0 && <Section title={text("orders.print.photos")}><Photos order={order} photos={photos} more={sheet.morePhotos} zone={zone} settled={settled} /></Section>}
      {otherFiles.length > 0 && <Section title={text("orders.print.other_files")}><ul>{otherFiles.map(({ id, name, size }) => <li key={id}><bdi>{name}</bdi> <span className="print-small">{format.bytes(size)}</span></li>)}</ul></Section>}
      {comments.length > 0 && <Section title={text("orders.comments")}><Comments comments={comments} zone={zone} /></Section>}
      <Section title={text("orders.signatures")} whole><Signatures signatures={signatures} zone={zone} /></Section>
    </article>
  );
}

function Facts({ order, sheet: { asset, site, steps, zone } }: { order: WorkOrder; sheet: Sheet }) {
  const text = useText();
  const format = useFormat();
  const nameOf = useNames();
  const moment = (at: string | null | undefined) => (at ? format.dateTime(at, zone) : undefined);
  const person = (id: string | null | undefined) => (id ? <bdi>{nameOf(id)}</bdi> : undefined);
  return (
    <>
      <KeyValue
        columns
        entries={[
          { label: text("orders.asset"), value: asset ? <bdi>{`${asset.code} – ${asset.name}`}</bdi> : text("orders.asset_unknown") },
          { label: text("orders.site"), value: site ? <bdi>{`${site.code} – ${site.name}`}</bdi> : asset?.siteCode },
          { label: text("orders.assignee"), value: person(order.assignedTo) ?? text("orders.nobody") },
          { label: text("orders.skills"), value: order.requiredSkills.length > 0 ? listed(order.requiredSkills) : undefined },
          { label: text("orders.planned_start"), value: moment(order.scheduledStart) ?? null },
          { label: text("orders.planned_end"), value: moment(order.scheduledEnd) ?? null },
          { label: text("orders.actual_start"), value: moment(order.actualStart) },
          { label: text("orders.actual_end"), value: moment(order.actualEnd) },
          { label: text("orders.origin"), value: text(`orders.origin.${order.origin}`) },
          { label: text("orders.verdict"), value: order.verdict ? text(`orders.verdict.${order.verdict}`) : undefined },
          { label: text("orders.cause"), value: order.cause ? <bdi>{order.cause}</bdi> : undefined },
          { label: text("orders.created_by"), value: person(order.createdBy) },
          { label: text("orders.created"), value: moment(order.createdAt) },
          { label: text("orders.approved_by"), value: person(steps.approvedBy) },
          { label: text("orders.worked_by"), value: order.workedBy.length > 0 ? listed(order.workedBy.map(nameOf)) : undefined },
          { label: text("orders.verified_by"), value: person(steps.verifiedBy) },
        ]}
      />
      <p className="print-small">{text("orders.zone", { zone: zone.replace(/_/g, " ") })}</p>
    </>
  );
}
