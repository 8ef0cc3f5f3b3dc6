import type { LegalHoldRoutesLegalHoldResponse as Hold } from "generated/api";
import { useState } from "react";
import { PersonName } from "../../administration/people";
import { shownProblem, useApiForm } from "../../administration/useApiForm";
import { change, useData } from "../../../shared/data";
import { useText } from "../../../shared/localization";
import { useFormat } from "../../../shared/localization/format";
import { useMay } from "../../../shared/session/session";
import { Badge, Banner, Button, Card, Checkbox, Dialog, EmptyState, ErrorState, Form, Pager, Skeleton, TextArea } from "../../../shared/ui";

/** While one is in force, nothing of the log is deleted and nobody is erased. */
export function LegalHolds() {
  const text = useText();
  const format = useFormat();
  const may = useMay();
  const [asked, setAsked] = useState<Hold | "new">();
  const list = useData("GET /api/v1/legal-holds", { query: { limit: 50 } });
  const holds = list.data?.items ?? [];
  const inForce = holds.filter((hold) => !hold.releasedAt).length;
  const shown = shownProblem(list.problem);
  if (!list.data) return shown ? <ErrorState problem={shown} retry={list.retry} /> : <Card><Skeleton lines={5} /></Card>;
  const place = may("legal-hold:manage") && <Button icon="lock" onClick={() => setAsked("new")}>{text("admin.hold.place")}</Button>;
  return (
    <div className="stack">
      {inForce > 0 && <Banner tone="warning" icon="lock">{text("admin.hold.inForce", { count: inForce })}</Banner>}
      <Card title={text("admin.audit.tab.holds")} actions={place}>
        {holds.length === 0 ? <EmptyState title={text("admin.hold.none")} icon="lock">{text("admin.hold.noneText")}</EmptyState> : (
          <ul className="admin-lines">
            {holds.map((hold) => (
              <li key={hold.id}>
                <div className="stack-tight">
                  <div className="row"><strong>{hold.reason}</strong> <Badge tone={hold.releasedAt ? "neutral" : "warning"}>{text(hold.releasedAt ? "admin.hold.released" : "admin.hold.active")}</Badge>{hold.everyTenant && <Badge>{text("admin.hold.everyTenant")}</Badge>}</div>
                  <span className="muted">{text("admin.hold.placed", { time: format.dateTime(hold.placedAt) })} · <PersonName id={hold.placedBy} /></span>
                  {hold.releasedAt && <span className="muted">{text("admin.hold.releasedAt", { time: format.dateTime(hold.releasedAt), reason: hold.releaseReason ?? "" })}</span>}
                </div>
                {!hold.releasedAt && may("legal-hold:manage") && <Button size="small" onClick={() => setAsked(hold)}>{text("admin.hold.release")}</Button>}
              </li>
            ))}
          </ul>
        )}
        {list.data.nextCursor && <Pager more busy={list.isLoading} load={list.more} />}
      </Card>
      {asked && <HoldDialog hold={asked === "new" ? undefined : asked} close={() => setAsked(undefined)} />}
    </div>
  );
}

function HoldDialog({ hold, close }: { hold: Hold | undefined; close: () => void }) {
  const text = useText();
  const may = useMay();
  const form = useApiForm({
    initial: { reason: "", everyTenant: false },
    check: (values) => (values.reason.trim() ? {} : { reason: text("admin.needed") }),
    submit: async ({ reason, everyTenant }) => {
      if (hold) await change("POST /api/v1/legal-holds/{id}/release", { path: { id: hold.id }, body: { reason } });
      else await change("POST /api/v1/legal-holds", { body: { reason, ...(everyTenant ? { everyTenant } : {}) } });
      form.reset({ reason: "", everyTenant: false });
      close();
    },
  });
  const act = text(hold ? "admin.hold.release" : "admin.hold.place");
  return (
    <Dialog
      title={act} size="small" close={close}
      actions={<><Button onClick={close}>{text("ui.cancel")}</Button><Button kind="primary" busy={form.busy} onClick={() => void form.send()}>{act}</Button></>}
    >
      <Form form={form} label={act}>
        <p>{text(hold ? "admin.hold.releaseText" : "admin.hold.placeText")}</p>
        <TextArea label={text("admin.reason")} {...form.field("reason")} />
        {!hold && may("platform:manage") && <Checkbox label={text("admin.hold.everyTenant")} value={form.values.everyTenant} onChange={(everyTenant) => form.set({ everyTenant })} />}
      </Form>
    </Dialog>
  );
}
