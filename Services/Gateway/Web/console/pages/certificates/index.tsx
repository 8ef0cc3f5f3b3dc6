import { useMemo, useState } from "react";
import { readIfStale } from "../../administration/readIfStale";
import { explain, shownProblem } from "../../administration/useApiForm";
import { useKept } from "../../administration/useKept";
import { AddCertificate, CorrectCertificate } from "../../certificates/CertificateDialogs";
import { dayIn, revokeCertificate, standingOf, suspendCertificate, useSkills, usualWarnDays, type Certificate, type Standing } from "../../certificates/certificates";
import { SkillsDialog } from "../../certificates/SkillsDialog";
import { useData } from "../../../shared/data";
import { useText } from "../../../shared/localization";
import { useFormat } from "../../../shared/localization/format";
import { useSearch } from "../../../shared/router";
import { useMay } from "../../../shared/session/session";
import { Badge, Button, Card, Combobox, EmptyState, Menu, PageHeader, SegmentedControl, Select, Table, toast, type Column, type MenuItem, type Tone } from "../../../shared/ui";
import { findPeople, useNames, usePeople, usePerson } from "../../people";
import { useKeys } from "../../useKeys";
import { WhyDialog } from "../../WhyDialog";

const tones: Record<Standing, Tone> = { valid: "success", expiring: "warning", expired: "danger", suspended: "warning", revoked: "neutral" };
const views = ["counting", "expiring", "expired", "all"] as const;
type View = (typeof views)[number];
type Open = { what: "add" | "skills" } | { what: "correct"; one: Certificate } | { what: "suspend" | "revoke"; one: Certificate };

/** Who has proven what, and until when: what ends first stands first. */
export default function CertificatesPage() {
  const text = useText();
  const format = useFormat();
  const mayManage = useMay()("skill:manage");
  const nameOf = useNames();
  const { mayRead } = usePeople();
  const [search, setSearch] = useSearch();
  const [open, setOpen] = useState<Open | null>(null);
  const view: View = views.find((one) => one === search.get("show")) ?? "counting";
  const [person, skill] = [search.get("person"), search.get("skill") ?? ""];
  const chosen = usePerson(person);
  const skills = useSkills();
  const before = view === "expired" ? dayIn(0) : view === "expiring" ? dayIn(usualWarnDays + 1) : undefined;
  const list = useData("GET /api/v1/certificates", { query: { limit: 100, ...(view === "all" ? {} : { status: ["active", ...(view === "counting" ? ["suspended" as const] : [])] }), ...(before ? { expiringBefore: before } : {}), ...(person ? { userId: person } : {}), ...(skill ? { skill } : {}) } });
  const data = useKept(list.data);
  const warnDays = useMemo(() => new Map((skills.data?.skills ?? []).map((one) => [one.name, one.warnDays])), [skills.data]);
  const add = () => setOpen({ what: "add" });
  useKeys({ c: mayManage ? add : undefined });
  const close = () => setOpen(null);
  const resume = (one: Certificate) => {
    readIfStale(suspendCertificate(one, null), list.retry).then(() => toast({ tone: "success", text: text("admin.saved") }), (error: unknown) => toast({ tone: "danger", text: explain(error) })).finally(list.retry);
  };
  const acts = (one: Certificate) => {
    const items: MenuItem[] = [
      { key: "correct", label: text("admin.certificate.correct"), icon: "edit", run: () => setOpen({ what: "correct", one }) },
      one.status === "suspended"
        ? { key: "resume", label: text("admin.certificate.resume"), icon: "play", run: () => resume(one) }
        : { key: "suspend", label: text("admin.certificate.suspend"), icon: "pause", run: () => setOpen({ what: "suspend", one }) },
      { key: "revoke", label: text("admin.certificate.revoke"), icon: "minus", danger: true, run: () => setOpen({ what: "revoke", one }) },
    ];
    return mayManage && one.status !== "revoked" && <Menu size="small" icon="more" label={text("admin.certificate.more", { skill: one.skill, name: nameOf(one.userId) })} items={items} />;
  };
  const day = (value: string | null | undefined) => (value ? format.date(`${value}T00:00:00Z`, "UTC") : <span className="muted">{text("admin.never")}</span>);
  const state = (one: Certificate) => { const where = standingOf(one, warnDays.get(one.skill)); return <Badge tone={tones[where]}>{text(`admin.certificate.standing.${where}`)}</Badge>; };
  const columns = useMemo<Column<Certificate>[]>(() => [
    { key: "who", header: text("admin.certificate.person"), minWidth: 150, fixed: true, cell: ({ userId }) => <bdi>{nameOf(userId)}</bdi> },
    { key: "skill", header: text("admin.certificate.skill"), minWidth: 150, fixed: true, cell: (one) => <span dir="auto">{one.skill}</span> },
    { key: "until", header: text("admin.certificate.until"), width: 130, cell: ({ validUntil }) => day(validUntil) },
    { key: "state", header: text("orders.status"), width: 130, cell: state },
    { key: "number", header: text("admin.certificate.number"), minWidth: 120, cell: ({ number }) => <bdi>{number}</bdi> },
    { key: "issuer", header: text("admin.certificate.issuer"), minWidth: 130, cell: ({ issuer }) => <span dir="auto">{issuer}</span> },
    { key: "reason", header: text("orders.move.reason"), minWidth: 120, hidden: view !== "all", cell: ({ reason }) => <span dir="auto" title={reason ?? undefined}>{reason}</span> },
    { key: "acts", header: text("orders.more"), width: 72, fixed: true, cell: acts },
  ], [text, format, nameOf, warnDays, mayManage, view]);
  const button = mayManage && <Button icon="plus" kind="primary" aria-keyshortcuts="c" onClick={add}>{text("admin.certificate.add")}</Button>;
  const now = (one: Certificate) => data?.items.find(({ id }) => id === one.id) ?? one;
  const why = open?.what === "suspend" || open?.what === "revoke" ? open : null;
  return (
    <>
      <PageHeader title={text("pages.certificates")} description={text("admin.certificate.about")} actions={<>{mayManage && skills.data && <Button icon="list" onClick={() => setOpen({ what: "skills" })}>{text("admin.skill.set")}</Button>}{button}</>} />
      <Card flush>
        <Table
          label={text("pages.certificates")} rows={data?.items ?? []} rowKey={({ id }) => id} columns={columns} remember="certificates" loading={list.isLoading && !data} maxHeight={720}
          problem={data ? undefined : shownProblem(list.problem)} retry={list.retry} onEnd={list.data?.nextCursor ? list.more : undefined} cardHeight={104}
          card={(one) => <div className="row-apart"><div className="stack-tight"><strong><bdi>{nameOf(one.userId)}</bdi></strong><span dir="auto">{one.skill}</span><span className="row">{state(one)}<span className="muted">{day(one.validUntil)}</span></span></div>{acts(one)}</div>}
          tools={
            <div className="admin-filters">
              <SegmentedControl<View> label={text("orders.status")} value={view} onChange={(next) => setSearch({ show: next === "counting" ? null : next })} options={views.map((value) => ({ value, label: text(`admin.certificate.show.${value}`) }))} />
              {mayRead && <Combobox hideLabel label={text("admin.certificate.person")} placeholder={text("admin.certificate.person")} required={false} value={person} valueLabel={chosen?.name} options={findPeople} onChange={(next) => setSearch({ person: next })} />}
              <Select label={text("admin.certificate.skill")} hideLabel value={skill} placeholder={text("admin.certificate.any_skill")} options={(skills.data?.skills ?? []).map(({ name }) => ({ value: name, label: name }))} onChange={(value) => setSearch({ skill: value })} />
            </div>
          }
          empty={<EmptyState title={text(view === "expiring" || view === "expired" ? "admin.certificate.none_ends" : "admin.certificate.none")} icon="shield" action={view === "counting" && button} />}
        />
      </Card>
      {open?.what === "add" && <AddCertificate changed={list.retry} close={close} />}
      {open?.what === "skills" && skills.data && <SkillsDialog skills={skills.data} changed={skills.retry} close={close} />}
      {open?.what === "correct" && <CorrectCertificate certificate={open.one} changed={list.retry} close={close} />}
      {why && (
        <WhyDialog
          title={text(`admin.certificate.${why.what}_of`, { skill: why.one.skill, name: nameOf(why.one.userId) })} confirm={text(`admin.certificate.${why.what}`)} done={text("admin.saved")} close={close}
          run={(reason) => readIfStale(why.what === "revoke" ? revokeCertificate(now(why.one), reason) : suspendCertificate(now(why.one), reason), list.retry).finally(list.retry)}
        >
          <p className="muted">{text(`admin.certificate.${why.what}_text`)}</p>
        </WhyDialog>
      )}
    </>
  );
}
