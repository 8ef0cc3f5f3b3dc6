import { useState, type ReactNode } from "react";
import type { AssetResponse, SiteResponse } from "generated/api";
import { useLocalization, useText } from "../../../shared/localization";
import { useFormat } from "../../../shared/localization/format";
import { useUser } from "../../../shared/session/session";
import { KeyValue } from "../../../shared/ui";
import { useNames } from "../../people";
import { usePermitStatus } from "../../permits/PermitBadges";
import { orderNumber, type Isolation, type Permit } from "../../permits/permits";
import { useHappenings } from "../../permits/useHappenings";
import { useKindName } from "../../permits/useKindName";
import { useAsset } from "../../places";
import { Hands } from "../../print/Names";
import { Box, Line, Section } from "../../print/Section";
import { PaperTable } from "../../print/Tables";

interface PaperProps { permit: Permit; organization: string | undefined; asset: AssetResponse | undefined; site: SiteResponse | undefined }

/** What hangs at the place of the work: what is allowed, what makes it safe, who has said so, and room for those who write by hand. */
export function Paper({ permit, organization, asset, site }: PaperProps) {
  const text = useText();
  const format = useFormat();
  const user = useUser();
  const { zone: ownZone } = useLocalization();
  const kindName = useKindName();
  const statusOf = usePermitStatus();
  const [printedAt] = useState(Date.now);
  const zone = site?.timeZone ?? ownZone;
  return (
    <article className="print-sheet">
      <header className="print-head">
        <span><bdi>{organization}</bdi></span>
        <span>{text("orders.print.printed", { name: user.displayName, time: format.dateTime(printedAt, zone) })}</span>
      </header>
      <h1><code>{permit.number}</code> <span dir="auto">{permit.title}</span></h1>
      <p className="print-standing"><strong>{kindName(permit.kind)}</strong><strong>{statusOf(permit.status)}</strong></p>
      <Section title={text("orders.facts")} whole>
        <KeyValue
          columns
          entries={[
            { label: text("pages.work_order"), value: <code>{orderNumber(permit)}</code> },
            { label: text("orders.asset"), value: asset ? <bdi>{`${asset.code} – ${asset.name}`}</bdi> : text("orders.asset_unknown") },
            { label: text("orders.site"), value: site ? <bdi>{`${site.code} – ${site.name}`}</bdi> : asset?.siteCode },
            { label: text("orders.permit.location"), value: permit.location ? <bdi>{permit.location}</bdi> : null },
            { label: text("orders.permit.from"), value: <strong>{format.dateTime(permit.validFrom, zone)}</strong> },
            { label: text("orders.permit.until"), value: <strong>{format.dateTime(permit.validUntil, zone)}</strong> },
          ]}
        />
        <p className="print-small">{text("orders.zone", { zone: zone.replace(/_/g, " ") })}</p>
      </Section>
      {permit.description && <Section title={text("orders.permit.description")}><p className="print-words" dir="auto">{permit.description}</p></Section>}
      {permit.hazards.length > 0 && <Section title={text("orders.permit.hazards")}><Hazards permit={permit} /></Section>}
      {permit.checklist.length > 0 && <Section title={text("orders.permit.checklist")}><Checks permit={permit} zone={zone} /></Section>}
      {permit.isolations.length > 0 && <Section title={text("orders.isolation.points")}><Isolations permit={permit} zone={zone} /></Section>}
      {permit.ppe.length > 0 && <Section title={text("orders.permit.ppe")} whole><Words words={permit.ppe} /></Section>}
      {permit.precautions.length > 0 && <Section title={text("orders.permit.precautions")} whole><Words words={permit.precautions} /></Section>}
      <Section title={text("orders.permit.print_decisions")}><Decisions permit={permit} zone={zone} /></Section>
      <Section title={text("orders.signatures")} whole><People permit={permit} /></Section>
      <Section title={text("orders.permit.print_end")} whole>
        <p className="print-blank"><Box>{text("orders.permit.restored")}</Box><Box>{text("orders.permit.finished")}</Box></p>
        <Hands />
      </Section>
    </article>
  );
}

function Hazards({ permit }: { permit: Permit }) {
  const text = useText();
  return (
    <PaperTable label={text("orders.permit.hazards")} heads={[{ key: "kind", words: text("orders.permit.hazard") }, { key: "severity", words: text("orders.permit.severity") }, { key: "against", words: text("orders.permit.mitigation") }]}>
      {permit.hazards.map((one, at) => <tr key={at}><td>{text(`orders.permit.hazardKind.${one.kind}`)}</td><td>{text(`orders.permit.severity.${one.severity}`)}</td><td dir="auto">{one.mitigation}</td></tr>)}
    </PaperTable>
  );
}

function Checks({ permit, zone }: { permit: Permit; zone: string }) {
  const by = useBy(zone);
  return (
    <ul className="print-comments">
      {permit.checklist.map((one, at) => (
        <li key={at}><Box isTicked={one.isChecked}>{one.item}</Box>{one.isChecked && <span className="print-small"> {by(one.checkedBy, one.checkedAt)}</span>}</li>
      ))}
    </ul>
  );
}

/** Each point with its three steps: what is done says by whom, and what is not has room for it. */
function Isolations({ permit, zone }: { permit: Permit; zone: string }) {
  const text = useText();
  const heads = [
    { key: "place", words: text("orders.isolation.place") }, { key: "number", words: text("orders.isolation.number") },
    ...(["locked", "verified", "released"] as const).map((one) => ({ key: one, words: text(`orders.isolation.state.${one}`) })),
  ];
  return <PaperTable label={text("orders.isolation.points")} heads={heads} isEven>{permit.isolations.map((point) => <Point key={point.id} point={point} zone={zone} />)}</PaperTable>;
}

function Point({ point, zone }: { point: Isolation; zone: string }) {
  const text = useText();
  const by = useBy(zone);
  const equipment = useAsset(point.equipmentId);
  const step = (person: string | null | undefined, at: string | null | undefined, note?: string | null): ReactNode => (at ? <>{note && <div dir="auto">{note}</div>}<span className="print-small">{by(person, at)}</span></> : <Line isLong />);
  return (
    <tr>
      <td><strong dir="auto">{`${point.position}. ${point.place}`}</strong><div className="print-small">{text(`orders.isolation.energy.${point.energy}`)}</div>{equipment && <div className="print-small"><bdi>{`${equipment.code} – ${equipment.name}`}</bdi></div>}</td>
      <td>{point.lockNumber ? <bdi>{[point.lockNumber, point.tag].filter(Boolean).join(" · ")}</bdi> : <Line isLong />}</td>
      <td>{step(point.lockedBy, point.lockedAt)}</td>
      <td>{step(point.verifiedBy, point.verifiedAt, point.measurement)}</td>
      <td>{step(point.releasedBy, point.releasedAt, point.releaseReason)}</td>
    </tr>
  );
}

function Words({ words }: { words: readonly string[] }) {
  return <p className="print-blank">{words.map((one) => <Box key={one}>{one}</Box>)}</p>;
}

/** Who has decided what, with the conditions that they have written; extensions and suspensions too. */
function Decisions({ permit, zone }: { permit: Permit; zone: string }) {
  const by = useBy(zone);
  return (
    <ul className="print-comments">
      {useHappenings(permit).map((one) => (
        <li key={`${one.at} ${one.words}`}><p><strong>{one.words}</strong> <span className="print-small">{by(one.by, one.at)}</span></p>{one.note && <p className="print-words" dir="auto">{one.note}</p>}</li>
      ))}
    </ul>
  );
}

/** Who answers for it and who works under it, each with room to sign. */
function People({ permit }: { permit: Permit }) {
  const text = useText();
  const nameOf = useNames();
  const issuer = permit.approvals.filter(({ decision }) => decision === "approved").at(-1)?.by;
  const rows = [
    { key: "issuer", role: text("orders.permit.issuer"), name: issuer && nameOf(issuer) },
    { key: "holder", role: text("orders.permit.holder"), name: nameOf(permit.submittedBy ?? permit.createdBy) },
    ...permit.workers.map((id) => ({ key: id, role: text("orders.permit.worker"), name: nameOf(id) })),
  ];
  return (
    <PaperTable isEven label={text("orders.signatures")} heads={[{ key: "role", words: text("orders.permit.role") }, { key: "name", words: text("orders.print.name") }, { key: "date", words: text("orders.print.date") }, { key: "hand", words: text("orders.print.signature") }]}>
      {rows.map(({ key, role, name }) => <tr key={key}><td>{role}</td><td>{name ? <bdi>{name}</bdi> : <Line isLong />}</td><td><Line isLong /></td><td><Line isLong /></td></tr>)}
    </PaperTable>
  );
}

function useBy(zone: string): (person: string | null | undefined, at: string | null | undefined) => string {
  const text = useText();
  const format = useFormat();
  const nameOf = useNames();
  return (person, at) => (person && at ? text("orders.permit.by", { name: nameOf(person), time: format.dateTime(at, zone) }) : "");
}
