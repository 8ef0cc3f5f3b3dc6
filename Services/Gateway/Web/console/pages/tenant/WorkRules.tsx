import type { WorkPolicy } from "generated/api";
import { useState } from "react";
import { ConflictDialog } from "../../administration/ConflictDialog";
import { PickMany } from "../../administration/PickMany";
import { useApiForm } from "../../administration/useApiForm";
import { types, type WorkOrderType } from "../../orders/orders";
import { call } from "../../../shared/api/call";
import { change, Problem, useData } from "../../../shared/data";
import { listed, useText } from "../../../shared/localization";
import { useFormat } from "../../../shared/localization/format";
import { Button, Card, DecimalField, Form, NumberField, Select, Skeleton, toast, unreadable } from "../../../shared/ui";

type When = WorkPolicy["approval"]["when"];
interface Draft {
  approval: When; approvalTypes: string[]; approvalAmount: string; approvalLimit: string;
  verification: When; verificationTypes: string[]; verificationAmount: string; labor: When; laborTypes: string[];
  notes: When; notesTypes: string[]; notesAmount: string;
  archiveAfter: number | null; keepYears: number | null; photoPosition: WorkPolicy["photoPosition"];
}

const occasions: When[] = ["never", "above", "types", "always"];

const draftOf = ({ approval, verification, labor, notes, approvalLimit, retention, photoPosition }: WorkPolicy): Draft => ({
  approval: approval.when, approvalTypes: approval.types ?? [], approvalAmount: approval.amount ?? "", approvalLimit,
  verification: verification.when, verificationTypes: verification.types ?? [], verificationAmount: verification.amount ?? "",
  labor: labor.when, laborTypes: labor.types ?? [],
  notes: notes.when, notesTypes: notes.types ?? [], notesAmount: notes.amount ?? "",
  archiveAfter: retention.archiveAfterMonths ?? null, keepYears: retention.keepYears ?? null, photoPosition,
});

const demand = (when: When, chosen: string[], amount = "") => ({
  when, ...(when === "types" ? { types: chosen as WorkOrderType[] } : {}), ...(when === "above" ? { amount: amount } : {}),
});

const isMissing = (amount: string) => amount === "" || amount === unreadable;
const amounts = new Set(["approvalAmount", "approvalLimit", "verificationAmount", "notesAmount"]);

/** Which work somebody else approves before it begins, and verifies after it has ended, and for which hours are recorded. */
export function WorkRules() {
  const { data } = useData("GET /api/v1/workorders/policy", {});
  return data ? <Rules policy={data} /> : <Card><Skeleton lines={4} /></Card>;
}

function Rules({ policy }: { policy: WorkPolicy }) {
  const text = useText();
  const format = useFormat();
  const [base, setBase] = useState(policy);
  const [conflict, setConflict] = useState<{ theirs: WorkPolicy; yours: Draft }>();
  const send = async (values: Draft, from: WorkPolicy) => {
    const body = {
      approval: demand(values.approval, values.approvalTypes, values.approvalAmount),
      verification: demand(values.verification, values.verificationTypes, values.verificationAmount),
      labor: demand(values.labor, values.laborTypes),
      notes: demand(values.notes, values.notesTypes, values.notesAmount),
      retention: { ...(values.archiveAfter === null ? {} : { archiveAfterMonths: values.archiveAfter }), ...(values.keepYears === null ? {} : { keepYears: values.keepYears }) },
      photoPosition: values.photoPosition,
      approvalLimit: isMissing(values.approvalLimit) ? from.approvalLimit : values.approvalLimit,
    };
    const saved = await change("PUT /api/v1/workorders/policy", { body }, { version: from.version });
    setBase(saved);
    form.reset(draftOf(saved));
    toast({ tone: "success", text: text("admin.saved") });
  };
  const form = useApiForm<Draft>({
    initial: draftOf(base),
    check: (values) => ({
      ...(values.approval === "types" && values.approvalTypes.length === 0 ? { approvalTypes: text("rules.required") } : {}),
      ...(values.approval === "above" && isMissing(values.approvalAmount) ? { approvalAmount: text("rules.required") } : {}),
      ...(values.approval !== "never" && isMissing(values.approvalLimit) ? { approvalLimit: text("rules.required") } : {}),
      ...(values.verification === "above" && isMissing(values.verificationAmount) ? { verificationAmount: text("rules.required") } : {}),
      ...(values.verification === "types" && values.verificationTypes.length === 0 ? { verificationTypes: text("rules.required") } : {}),
      ...(values.keepYears !== null && values.archiveAfter === null ? { archiveAfter: text("admin.policy.keepFirst") } : {}),
      ...(values.labor === "types" && values.laborTypes.length === 0 ? { laborTypes: text("rules.required") } : {}),
      ...(values.notes === "types" && values.notesTypes.length === 0 ? { notesTypes: text("rules.required") } : {}),
      ...(values.notes === "above" && isMissing(values.notesAmount) ? { notesAmount: text("rules.required") } : {}),
    }),
    submit: async (values) => {
      try {
        await send(values, base);
      } catch (error) {
        if (Problem.from(error).code !== "stale_version") throw error;
        setConflict({ theirs: await call("GET /api/v1/workorders/policy", {}), yours: values });
        throw error;
      }
    },
  });
  const labels = {
    approval: text("admin.policy.approval"), approvalTypes: text("admin.policy.approvalTypes"),
    approvalAmount: text("admin.policy.approvalAmount"), approvalLimit: text("admin.policy.approvalLimit"),
    verification: text("admin.policy.verification"), verificationTypes: text("admin.policy.verificationTypes"),
    verificationAmount: text("admin.policy.verificationAmount"),
    labor: text("orders.hours.policy"), laborTypes: text("orders.hours.policy_types"),
    notes: text("admin.policy.notes"), notesTypes: text("admin.policy.notesTypes"), notesAmount: text("admin.policy.notesAmount"),
    archiveAfter: text("admin.policy.archiveAfter"), keepYears: text("admin.policy.keepYears"),
    photoPosition: text("admin.policy.photoPosition"),
  };
  const when = occasions.map((value) => ({ value, label: text(`admin.policy.when.${value}`) }));
  // An amount of the work says nothing about hours.
  const laborWhen = when.filter(({ value }) => value !== "above");
  const positions = (["strip", "keep"] as const).map((value) => ({ value, label: text(`admin.policy.photoPosition.${value}`) }));
  const kinds = types.map((value) => ({ value, label: text(`orders.type.${value}`) }));
  return (
    <Form form={form} label={text("admin.policy.title")} className="admin-form-wide">
      <Card title={text("admin.policy.title")}>
        <div className="stack">
          <p className="muted">{text("admin.policy.text")}</p>
          <div className="admin-columns">
            <div className="stack">
              <Select label={labels.approval} options={when} {...form.field("approval")} />
              {form.values.approval === "types" && <PickMany label={labels.approvalTypes} options={kinds} {...form.field("approvalTypes")} />}
              {form.values.approval === "above" && <DecimalField label={labels.approvalAmount} required {...form.field("approvalAmount")} />}
              {form.values.approval !== "never" && <DecimalField label={labels.approvalLimit} required {...form.field("approvalLimit")} />}
            </div>
            <div className="stack">
              <Select label={labels.verification} options={when} {...form.field("verification")} />
              {form.values.verification === "types" && <PickMany label={labels.verificationTypes} options={kinds} {...form.field("verificationTypes")} />}
              {form.values.verification === "above" && <DecimalField label={labels.verificationAmount} required {...form.field("verificationAmount")} />}
            </div>
            <div className="stack">
              <Select label={labels.labor} options={laborWhen} {...form.field("labor")} />
              {form.values.labor === "types" && <PickMany label={labels.laborTypes} options={kinds} {...form.field("laborTypes")} />}
            </div>
            <div className="stack">
              <Select label={labels.notes} options={when} {...form.field("notes")} />
              {form.values.notes === "types" && <PickMany label={labels.notesTypes} options={kinds} {...form.field("notesTypes")} />}
              {form.values.notes === "above" && <DecimalField label={labels.notesAmount} required {...form.field("notesAmount")} />}
            </div>
            <div className="stack">
              <NumberField label={labels.archiveAfter} hint={text("admin.policy.keepHint")} digits={0} min={1} max={120} {...form.field("archiveAfter")} />
              <NumberField label={labels.keepYears} hint={text("admin.policy.keepHint")} digits={0} min={1} max={50} {...form.field("keepYears")} />
            </div>
            <Select label={labels.photoPosition} hint={text("admin.policy.photoPosition.hint")} options={positions} {...form.field("photoPosition")} />
          </div>
          <div className="ui-form-actions">
            <Button kind="primary" type="submit" busy={form.busy} disabledReason={form.isDirty ? undefined : text("admin.nothingChanged")}>{text("admin.policy.save")}</Button>
          </div>
        </div>
      </Card>
      {conflict && (
        <ConflictDialog
          base={draftOf(base)} theirs={draftOf(conflict.theirs)} yours={conflict.yours} labels={labels} close={() => setConflict(undefined)}
          shown={(name, value) => (value === null ? "–" : typeof value === "number" ? format.number(value) : name === "photoPosition" ? text(`admin.policy.photoPosition.${value as WorkPolicy["photoPosition"]}`) : amounts.has(name) ? format.decimal(value as string) : Array.isArray(value) ? listed(value.map((one) => text(`orders.type.${one as WorkOrderType}`))) : text(`admin.policy.when.${value as When}`))}
          save={(values) => send(values, conflict.theirs)}
        />
      )}
    </Form>
  );
}
