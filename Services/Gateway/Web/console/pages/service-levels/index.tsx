import { useState } from "react";
import { ConflictDialog } from "../../administration/ConflictDialog";
import { shownProblem, useApiForm } from "../../administration/useApiForm";
import { holdReasons, useLevels, type ServiceLevels } from "../../levels/levels";
import { priorities, type Priority } from "../../orders/orders";
import { call } from "../../../shared/api/call";
import { change, Problem } from "../../../shared/data";
import { useText } from "../../../shared/localization";
import { Button, Card, Checkbox, ErrorState, Field, Form, IconButton, PageHeader, Skeleton, toast, useStatusName } from "../../../shared/ui";
import { bodyOf, draftOf, isFaulty, minutesOf, promised, type Draft, type SiteDraft } from "./draft";
import { HoursFields, LevelRow } from "./Fields";
import { SiteDialog } from "./SiteDialog";
import { useLevelWords } from "./useLevelWords";

/** In what time work begins and is completed, which hours count for that, and what stops the clock. */
export default function ServiceLevelsPage() {
  const text = useText();
  const { levels, problem, retry } = useLevels();
  const shown = shownProblem(problem);
  return (
    <>
      <PageHeader title={text("pages.service_levels")} description={text("orders.level.text")} />
      {levels ? <Settings levels={levels} /> : shown ? <ErrorState problem={shown} retry={retry} /> : <Card><Skeleton lines={10} /></Card>}
    </>
  );
}

/** A level of the request, under the priority that the form has it by. */
function byPriority(error: unknown, draft: Draft): unknown {
  const { document } = Problem.from(error);
  const sent = promised(draft);
  const errors = document.errors?.map((one) => ({ ...one, field: one.field.replace(/^levels\[(\d+)\].*/, (_, index: string) => sent[Number(index)] ?? "levels") }));
  return errors ? new Problem({ ...document, errors }) : error;
}

function Settings({ levels }: { levels: ServiceLevels }) {
  const text = useText();
  const name = useStatusName();
  const words = useLevelWords();
  const [base, setBase] = useState(levels);
  const [conflict, setConflict] = useState<{ theirs: ServiceLevels; yours: Draft }>();
  const [open, setOpen] = useState<SiteDraft | "new" | null>(null);
  const [isTried, setTried] = useState(false);
  const send = async (values: Draft, from: ServiceLevels) => {
    const saved = await change("PUT /api/v1/workorders/service-levels", { body: bodyOf(values) }, { version: from.version });
    setBase(saved);
    form.reset(draftOf(saved));
    toast({ tone: "success", text: text("admin.saved") });
  };
  const form = useApiForm<Draft>({
    initial: draftOf(base),
    check: (values) => {
      setTried(true);
      const tooShort = (priority: Priority) => [values[priority].respond, values[priority].restore].some((span) => (minutesOf(span) ?? 1) < 1);
      return {
        ...Object.fromEntries(priorities.filter(tooShort).map((one) => [one, text("orders.level.too_short")])),
        ...(isFaulty(values.hours) ? { hours: text("rules.required") } : {}),
      };
    },
    submit: async (values) => {
      try {
        await send(values, base);
      } catch (error) {
        if (Problem.from(error).code === "stale_version") setConflict({ theirs: await call("GET /api/v1/workorders/service-levels", {}), yours: values });
        throw byPriority(error, values);
      }
    },
  });
  const { values } = form;
  const hasHours = values.hours.when === "hours" || values.sites.some(({ hours }) => hours.when === "hours");
  const labels = {
    critical: name("priority", "critical"), high: name("priority", "high"), medium: name("priority", "medium"), low: name("priority", "low"),
    hours: text("orders.level.counts"), sites: text("orders.level.sites"), pausedBy: text("orders.level.paused_by"),
  };
  const keep = (site: SiteDraft) => form.set({ sites: [...values.sites.filter(({ siteId }) => siteId !== site.siteId), site] });
  return (
    <>
      <Form form={form} label={text("pages.service_levels")} className="admin-form-wide">
        <Card title={text("orders.level.times")}>
          <p className="muted">{text("orders.level.times_text")}</p>
          <div className="level-rows">
            {priorities.map((priority) => (
              <LevelRow
                key={priority} priority={priority} level={values[priority]} error={form.field(priority).error} hasHours={hasHours}
                set={(next) => form.set({ [priority]: { ...values[priority], ...next } })}
              />
            ))}
          </div>
        </Card>
        <div className="admin-columns">
          <Card title={text("orders.level.hours")}>
            <div className="stack">
              <div data-field="hours"><HoursFields label={labels.hours} value={values.hours} onChange={(hours) => form.set({ hours })} showsFaults={isTried} /></div>
              <Field label={labels.sites} name="sites" hint={text("orders.level.sites_hint")} error={form.field("sites").error} group>
                {() => (
                  <>
                    {values.sites.length > 0 && (
                      <ul className="admin-lines" aria-label={labels.sites}>
                        {values.sites.map((site) => (
                          <li key={site.siteId}>
                            <span><bdi>{words.site(site.siteId)}</bdi><br /><span className="muted">{words.hours(site.hours)}</span></span>
                            <span className="row">
                              <IconButton size="small" icon="edit" label={text("orders.level.site_change_of", { site: words.site(site.siteId) })} onClick={() => setOpen(site)} />
                              <IconButton size="small" icon="trash" label={text("orders.level.site_remove_of", { site: words.site(site.siteId) })} onClick={() => form.set({ sites: values.sites.filter((one) => one !== site) })} />
                            </span>
                          </li>
                        ))}
                      </ul>
                    )}
                    <div><Button size="small" icon="plus" onClick={() => setOpen("new")}>{text("orders.level.site_add")}</Button></div>
                  </>
                )}
              </Field>
            </div>
          </Card>
          <Card title={labels.pausedBy}>
            <div className="stack-tight">
              <p className="muted">{text("orders.level.paused_by_text")}</p>
              {holdReasons.map((one) => (
                <Checkbox
                  key={one} label={text(`orders.hold.${one}`)} value={values.pausedBy.includes(one)}
                  onChange={(on) => form.set({ pausedBy: holdReasons.filter((other) => (other === one ? on : values.pausedBy.includes(other))) })}
                />
              ))}
            </div>
          </Card>
        </div>
        <div className="ui-form-actions">
          <Button onClick={() => form.reset()} disabledReason={form.isDirty ? undefined : text("admin.nothingChanged")}>{text("admin.reset")}</Button>
          <Button kind="primary" type="submit" busy={form.busy} disabledReason={form.isDirty ? undefined : text("admin.nothingChanged")}>{text("admin.save")}</Button>
        </div>
      </Form>
      {open && <SiteDialog given={open === "new" ? null : open} taken={values.sites.map(({ siteId }) => siteId)} save={keep} close={() => setOpen(null)} />}
      {conflict && (
        <ConflictDialog
          base={draftOf(base)} theirs={draftOf(conflict.theirs)} yours={conflict.yours} labels={labels} shown={(field, value) => words.shown(field, value)} close={() => setConflict(undefined)}
          save={(chosen) => send(chosen, conflict.theirs)}
        />
      )}
    </>
  );
}
