import type { ChangeTenant, TenantResponse } from "generated/api";
import { useState } from "react";
import { ConflictDialog, isSame } from "../../administration/ConflictDialog";
import { currencies, languages, zoneOptions } from "../../administration/choices";
import { shownProblem, useApiForm } from "../../administration/useApiForm";
import { call } from "../../../shared/api/call";
import { change, Problem, useData } from "../../../shared/data";
import { listed, useText } from "../../../shared/localization";
import { useMay } from "../../../shared/session/session";
import { Button, Card, Checkbox, Combobox, ErrorState, Form, NumberField, PageHeader, Select, Skeleton, TagsField, TextField, toast } from "../../../shared/ui";
import { WorkRules } from "./WorkRules";

interface Draft {
  name: string; timeZone: string | null; currency: string; language: string; acceptsPasswords: boolean; requiresSkills: boolean; allowedOrigins: string[];
  contractorsFrom: string; contractorsUntil: string; startWindowMinutes: number | null;
}

const draftOf = (tenant: TenantResponse): Draft => ({
  name: tenant.name, timeZone: tenant.timeZone, currency: tenant.currency, language: tenant.language, acceptsPasswords: tenant.acceptsPasswords, requiresSkills: tenant.requiresSkills,
  allowedOrigins: tenant.allowedOrigins, contractorsFrom: tenant.contractorsFrom ?? "", contractorsUntil: tenant.contractorsUntil ?? "", startWindowMinutes: tenant.startWindowMinutes ?? null,
});

/** Only what is other than before is sent; an empty rule is none. */
function changesOf(before: Draft, after: Draft): ChangeTenant {
  const changed = Object.entries(after).filter(([name, value]) => !isSame(value, before[name as keyof Draft]));
  return Object.fromEntries(changed.map(([name, value]) => [name, value === "" ? null : value])) as ChangeTenant;
}

/** Settings of the organization: its formats, its rules that deny, and how people and pages get in. */
export default function Tenant() {
  const text = useText();
  const { data, problem, retry } = useData("GET /api/v1/tenant", {});
  const may = useMay();
  const shown = shownProblem(problem);
  return (
    <>
      <PageHeader title={text("pages.tenant")} description={data?.name} />
      {data ? <div className="stack"><Settings tenant={data} />{may("workorder:read") && <WorkRules />}</div> : shown ? <ErrorState problem={shown} retry={retry} /> : <Card><Skeleton lines={10} /></Card>}
    </>
  );
}

function Settings({ tenant }: { tenant: TenantResponse }) {
  const text = useText();
  const [base, setBase] = useState(tenant);
  const [conflict, setConflict] = useState<{ theirs: TenantResponse; yours: Draft }>();
  const send = async (values: Draft, from: TenantResponse) => {
    const saved = await change("PATCH /api/v1/tenant", { body: changesOf(draftOf(from), values) }, { version: from.version });
    setBase(saved);
    form.reset(draftOf(saved));
    toast({ tone: "success", text: text("admin.saved") });
  };
  const form = useApiForm<Draft>({
    initial: draftOf(base),
    check: (values) => (Boolean(values.contractorsFrom) === Boolean(values.contractorsUntil) ? {} : { contractorsUntil: text("admin.tenant.hoursBoth") }),
    submit: async (values) => {
      try {
        await send(values, base);
      } catch (error) {
        if (Problem.from(error).code !== "stale_version") throw error;
        setConflict({ theirs: await call("GET /api/v1/tenant", {}), yours: values });
        throw error;
      }
    },
  });
  const labels = {
    name: text("admin.tenants.name"), timeZone: text("admin.tenant.timeZone"), currency: text("admin.tenant.currency"), language: text("admin.me.language"),
    acceptsPasswords: text("admin.tenant.passwords"), requiresSkills: text("admin.tenant.skills"), allowedOrigins: text("admin.tenant.origins"),
    contractorsFrom: text("admin.tenant.from"), contractorsUntil: text("admin.tenant.until"), startWindowMinutes: text("admin.tenant.window"),
  };
  const box = (name: "acceptsPasswords" | "requiresSkills", hint: string) => (
    <Checkbox label={labels[name]} name={name} value={form.values[name]} hint={hint} error={form.field(name).error} onChange={(value) => form.set({ [name]: value })} />
  );
  return (
    <Form form={form} label={text("pages.tenant")} className="admin-form-wide">
      <div className="admin-columns">
        <div className="stack">
        <Card title={text("admin.tenant.general")}>
          <div className="stack">
            <TextField label={labels.name} {...form.field("name")} />
            <Combobox label={labels.timeZone} required options={zoneOptions()} {...form.field("timeZone")} />
            <div className="ui-form-row">
              <Select label={labels.currency} options={currencies} {...form.field("currency")} />
              <Select label={labels.language} options={languages()} {...form.field("language")} />
            </div>
          </div>
        </Card>
        <Card title={text("admin.tenant.entry")}>
          <div className="stack">
            {box("acceptsPasswords", text("admin.tenant.passwordsText"))}
            <TagsField label={labels.allowedOrigins} required={false} placeholder={"https://portal.example.com"} hint={text("admin.tenant.originsText")} {...form.field("allowedOrigins")} />
          </div>
        </Card>
        </div>
        <Card title={text("admin.tenant.rules")}>
          <div className="stack">
            <p className="muted">{text("admin.tenant.rulesText")}</p>
            <div className="ui-form-row">
              <TextField label={labels.contractorsFrom} placeholder="07:00" required={false} {...form.field("contractorsFrom")} />
              <TextField label={labels.contractorsUntil} placeholder="18:00" required={false} {...form.field("contractorsUntil")} />
            </div>
            <p className="muted">{text("admin.tenant.hoursText")}</p>
            <NumberField label={labels.startWindowMinutes} unit={text("orders.hours.minutes")} digits={0} min={1} max={10080} required={false} hint={text("admin.tenant.windowText")} {...form.field("startWindowMinutes")} />
            {box("requiresSkills", text("admin.tenant.skillsText"))}
          </div>
        </Card>
      </div>
      <div className="ui-form-actions">
        <Button onClick={() => form.reset()} disabledReason={form.isDirty ? undefined : text("admin.nothingChanged")}>{text("admin.reset")}</Button>
        <Button kind="primary" type="submit" busy={form.busy} disabledReason={form.isDirty ? undefined : text("admin.nothingChanged")}>{text("admin.save")}</Button>
      </div>
      {conflict && (
        <ConflictDialog
          base={draftOf(base)} theirs={draftOf(conflict.theirs)} yours={conflict.yours} labels={labels} close={() => setConflict(undefined)}
          shown={(_, value) => (typeof value === "boolean" ? text(value ? "admin.yes" : "admin.no") : Array.isArray(value) ? listed(value.map(String)) : String(value ?? ""))}
          save={(values) => send(values, conflict.theirs)}
        />
      )}
    </Form>
  );
}
