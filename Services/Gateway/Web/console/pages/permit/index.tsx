import { useEffect, useState, type ReactNode } from "react";
import { explain } from "../../administration/useApiForm";
import { readIfStale } from "../../administration/readIfStale";
import { IsolationsCard } from "../../isolations/IsolationsCard";
import { useNames } from "../../people";
import { DecideExtensionDialog, ExtendDialog, MovePermitDialog } from "../../permits/MoveDialogs";
import { EditPermitDialog } from "../../permits/PermitDialogs";
import { LocksOn, PermitStatusBadge, TimeLeft } from "../../permits/PermitBadges";
import { checkItem, isNext, meets, moves, openExtension, orderNumber, type Permit, type PermitMove } from "../../permits/permits";
import { useKindName } from "../../permits/useKindName";
import { useAsset, useSites, useZones } from "../../places";
import { useKeys } from "../../useKeys";
import { problemText } from "../../../shared/api/problemText";
import { useData } from "../../../shared/data";
import { useText } from "../../../shared/localization";
import { useFormat } from "../../../shared/localization/format";
import { Link, navigate, usePathValue } from "../../../shared/router";
import { useMay, useUser } from "../../../shared/session/session";
import { Badge, Banner, Button, Card, Checkbox, ErrorState, KeyValue, PageHeader, Skeleton, toast } from "../../../shared/ui";
import { Story } from "./Story";

/** One permit to work: what it allows, what makes it safe, and what can be done with it now. */
export default function PermitPage() {
  const id = usePathValue("id");
  const { data, problem, retry } = useData("GET /api/v1/permits/{id}", { path: { id } });
  if (data) return <Shown permit={data} retry={retry} />;
  if (problem) return <ErrorState problem={{ message: problemText(problem), requestId: problem.requestId }} retry={retry} />;
  return <div className="stack"><Skeleton height={64} /><Skeleton lines={10} /></div>;
}

type Open = PermitMove | "edit" | "extend" | "decide";

function Shown({ permit, retry }: { permit: Permit; retry: () => void }) {
  const text = useText();
  const format = useFormat();
  const nameOf = useNames();
  const zone = useZones()(permit.siteId);
  const may = useMay();
  const self = useUser().id;
  const [open, setOpen] = useState<Open | null>(null);
  const close = () => setOpen(null);
  useEffect(() => void (document.title = `${permit.number} ${permit.title} – dCMMS`), [permit.number, permit.title]);
  const asked = openExtension(permit);
  const isRunning = permit.status === "approved" || permit.status === "active" || permit.status === "suspended";
  const mayEdit = permit.status === "draft" && may("permit:request");
  const toPaper = () => navigate(`/permits/${permit.id}/print`);
  useKeys({ e: mayEdit ? () => setOpen("edit") : undefined, p: toPaper });
  // Who has asked does not decide.
  const isMine = permit.createdBy === self || permit.submittedBy === self;
  const offered = permit.allowedTransitions.filter((move) => may(moves[move].permission, meets(permit, self, move)));
  const whyNot = (move: PermitMove) => (move === "approve" && isMine ? text("orders.permit.same") : undefined);
  const next = offered.find((move) => isNext(permit, move) && !whyNot(move));
  const needed = permit.status === "draft" ? text("orders.permit.needed") : text("orders.permit.nothing");
  return (
    <>
      <PageHeader
        title={<span dir="auto">{permit.title}</span>} crumbs={[{ title: text("pages.permits"), to: "/permits" }, { title: orderNumber(permit), to: `/work-orders/${permit.workOrderId}` }]}
        meta={<span className="row"><code>{permit.number}</code><PermitStatusBadge status={permit.status} /><TimeLeft permit={permit} /><LocksOn permit={permit} /></span>}
        actions={
          <>
            {offered.map((move) => {
              const why = whyNot(move);
              return <Button key={move} kind={move === next ? "primary" : "secondary"} icon={moves[move].icon} disabledReason={why} onClick={() => setOpen(move)}>{text(`orders.permitMove.${move}`)}</Button>;
            })}
            {isRunning && !asked && may("permit:request") && <Button icon="clock" onClick={() => setOpen("extend")}>{text("orders.permit.extend")}</Button>}
            {mayEdit && <Button icon="edit" aria-keyshortcuts="e" onClick={() => setOpen("edit")}>{text("orders.permit.edit")}</Button>}
            <Button icon="file" aria-keyshortcuts="p" onClick={toPaper}>{text("orders.print.print")}</Button>
          </>
        }
      />
      {asked && (
        <Banner
          tone="warning" icon="clock"
          action={isRunning && may("permit:approve", meets(permit, self)) && <Button size="small" disabledReason={asked.requestedBy === self ? text("orders.permit.same") : undefined} onClick={() => setOpen("decide")}>{text("orders.permit.extension_decide")}</Button>}
        >{text("orders.permit.extension", { name: nameOf(asked.requestedBy), time: format.dateTime(asked.until, zone), reason: asked.reason })}</Banner>
      )}
      <div className="orders-detail">
        <div className="stack orders-detail-work">
          {permit.description && <Card title={text("orders.permit.description")}><p className="orders-description" dir="auto">{permit.description}</p></Card>}
          <Hazards permit={permit} none={needed} />
          <Checklist permit={permit} none={needed} read={retry} />
          <IsolationsCard permit={permit} read={retry} />
          <Words title={text("orders.permit.ppe")} words={permit.ppe} />
          <Words title={text("orders.permit.precautions")} words={permit.precautions} />
          <Story permit={permit} />
        </div>
        <div className="stack orders-detail-side"><Facts permit={permit} none={needed} /></div>
      </div>
      {open === "edit" ? <EditPermitDialog permit={permit} changed={retry} close={close} />
        : open === "extend" ? <ExtendDialog permit={permit} read={retry} close={close} />
        : open === "decide" ? <DecideExtensionDialog permit={permit} read={retry} close={close} />
        : open && <MovePermitDialog permit={permit} move={open} read={retry} close={close} />}
    </>
  );
}

function Words({ title, words }: { title: string; words: readonly string[] }) {
  if (words.length === 0) return null;
  return <Card title={title}><ul className="permit-list">{words.map((one) => <li key={one}><bdi>{one}</bdi></li>)}</ul></Card>;
}

const tones = { low: "neutral", medium: "warning", high: "danger", critical: "danger" } as const;

function Hazards({ permit, none }: { permit: Permit; none: string }) {
  const text = useText();
  return (
    <Card title={text("orders.permit.hazards")}>
      {permit.hazards.length === 0 ? <p className="muted">{none}</p> : (
        <ul className="admin-lines">
          {permit.hazards.map((one, at) => (
            <li key={at}>
              <div className="stack-tight"><strong>{text(`orders.permit.hazardKind.${one.kind}`)}</strong><span dir="auto">{one.mitigation}</span></div>
              <Badge tone={tones[one.severity]} {...(one.severity === "critical" ? { icon: "alert" as const } : {})}>{text(`orders.permit.severity.${one.severity}`)}</Badge>
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}

/** What is looked at before work begins, once the permit is approved. */
function Checklist({ permit, none, read }: { permit: Permit; none: string; read: () => void }) {
  const text = useText();
  const format = useFormat();
  const nameOf = useNames();
  const zone = useZones()(permit.siteId);
  const [busy, setBusy] = useState<number | null>(null);
  const mayCheck = useMay()("checklist:complete") && (permit.status === "approved" || permit.status === "suspended");
  const mark = async (at: number, isChecked: boolean) => {
    if (busy !== null) return;
    setBusy(at);
    try {
      await readIfStale(checkItem(permit, at + 1, isChecked), read);
      read();
    } catch (error) {
      toast({ tone: "danger", text: explain(error) });
    } finally {
      setBusy(null);
    }
  };
  const by = ({ checkedBy, checkedAt }: Permit["checklist"][number]): ReactNode => checkedBy && checkedAt && text("orders.permit.by", { name: nameOf(checkedBy), time: format.dateTime(checkedAt, zone) });
  return (
    <Card title={text("orders.permit.checklist")}>
      {permit.checklist.length === 0 ? <p className="muted">{none}</p> : (
        <ul className="admin-lines" aria-label={text("orders.permit.checklist")}>
          {permit.checklist.map((one, at) => (
            <li key={at}>
              <Checkbox
                label={<span dir="auto">{one.item}</span>} value={one.isChecked} hint={by(one) ?? undefined} onChange={(on) => void mark(at, on)}
                disabledReason={mayCheck ? undefined : one.isChecked ? String(by(one) ?? "") : text(permit.status === "draft" || permit.status === "pending_approval" ? "orders.permit.later" : "orders.permit.unchecked")}
              />
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}

function Facts({ permit, none }: { permit: Permit; none: string }) {
  const text = useText();
  const format = useFormat();
  const nameOf = useNames();
  const kindName = useKindName();
  const site = useSites().get(permit.siteId);
  const asset = useAsset(permit.assetId);
  const zone = useZones()(permit.siteId);
  return (
    <Card title={text("orders.facts")}>
      <KeyValue
        entries={[
          { label: text("orders.permit.kind"), value: kindName(permit.kind) },
          { label: text("pages.work_order"), value: <Link to={`/work-orders/${permit.workOrderId}`}>{orderNumber(permit)}</Link> },
          { label: text("orders.site"), value: site ? <Link to={`/sites/${site.id}`}>{site.name}</Link> : null },
          { label: text("orders.asset"), value: asset ? <Link to={`/assets/${asset.id}`}>{`${asset.code} – ${asset.name}`}</Link> : undefined },
          { label: text("orders.permit.location"), value: permit.location ? <bdi>{permit.location}</bdi> : undefined },
          { label: text("orders.permit.from"), value: format.dateTime(permit.validFrom, zone) },
          { label: text("orders.permit.until"), value: format.dateTime(permit.validUntil, zone) },
          { label: text("orders.permit.workers"), value: permit.workers.length > 0 ? <ul className="orders-people">{permit.workers.map((id) => <li key={id}><bdi>{nameOf(id)}</bdi></li>)}</ul> : none },
          {
            label: text("orders.permit.coordinated"),
            value: permit.coordinatedWith.length > 0 ? <ul className="orders-people">{permit.coordinatedWith.map((id) => <li key={id}><Other id={id} /></li>)}</ul> : undefined,
          },
        ]}
      />
    </Card>
  );
}

function Other({ id }: { id: string }) {
  const text = useText();
  const { data } = useData("GET /api/v1/permits/{id}", { path: { id } });
  return <Link to={`/permits/${id}`}>{data?.number ?? text("pages.permit")}</Link>;
}
