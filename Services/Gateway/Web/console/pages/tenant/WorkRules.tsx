import type { WorkPolicy } from "generated/api";
import { useState } from "react";
import { ConflictDialog } from "../../administration/ConflictDialog";
import { PickMany } from "../../administration/PickMany";
import { useApiForm } from "../../administration/useApiForm";
import { types, type WorkOrderType } from "../../orders/orders";
import { call } from "../../../shared/api/call";
import { change, Problem, useData } from "../../../shared/data";
import { listed, useText } from "../../../shared/localization";
import { Button, Card, Form, Select, Skeleton, TextField, toast } from "../../../shared/ui";

type When = WorkPolicy["approval"]["when"];
interface Draft {
  approval: When; approvalTypes: string[]; approvalAmount: string; approvalLimit: string;
  verification: When; verificationTypes: string[]; verificationAmount: string;
}

const occasions: When[] = ["never", "above", "types", "always"];

const draftOf = ({ approval, verification, approvalLimit }: WorkPolicy): Draft => ({
  approval: approval.when, approvalTypes: approval.types ?? [], approvalAmount: approval.amount ?? "", approvalLimit,
  verification: verification.when, verificationTypes: verification.types ?? [], verificationAmount: verification.amount ?? "",
});

const demand = (when: When, chosen: string[], amount: string) => ({
  when, ...(when === "types" ? { types: chosen as WorkOrderType[] } : {}), ...(when === "above" ? { amount: amount.trim() } : {}),
});

/** Which work somebody else approves before it begins, and verifies after it has ended. */
export function WorkRules() {
  const { data } = useData("GET /api/v1/workorders/policy", {});
  return data ? <Rules policy={data} /> : <Card><Skeleton lines={4} /></Card>;
}

function Rules({ policy }: { policy: WorkPolicy }) {
  const text = useText();
  const [base, setBase] = useState(policy);
  const [conflict, setConflict] = useState<{ theirs: WorkPolicy; yours: Draft }>();
  const send = async (values: Draft, from: WorkPolicy) => {
    const body = {
      approval: demand(values.approval, values.approvalTypes, values.approvalAmount),
      verification: demand(values.verification, values.verificationTypes, values.verificationAmount),
      labor: from.labor, approvalLimit: values.approvalLimit.trim(),
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
      ...(values.approval === "above" && !values.approvalAmount.trim() ? { approvalAmount: text("rules.required") } : {}),
      ...(values.verification === "above" && !values.verificationAmount.trim() ? { verificationAmount: text("rules.required") } : {}),
      ...(values.verification === "types" && values.verificationTypes.length === 0 ? { verificationTypes: text("rules.required") } : {}),
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
  };
  const when = occasions.map((value) => ({ value, label: text(`admin.policy.when.${value}`) }));
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
              {form.values.approval === "above" && <TextField label={labels.approvalAmount} inputMode="decimal" {...form.field("approvalAmount")} />}
              {form.values.approval !== "never" && <TextField label={labels.approvalLimit} inputMode="decimal" {...form.field("approvalLimit")} />}
            </div>
            <div className="stack">
              <Select label={labels.verification} options={when} {...form.field("verification")} />
              {form.values.verification === "types" && <PickMany label={labels.verificationTypes} options={kinds} {...form.field("verificationTypes")} />}
              {form.values.verification === "above" && <TextField label={labels.verificationAmount} inputMode="decimal" {...form.field("verificationAmount")} />}
            </div>
          </div>
          <div className="ui-form-actions">
            <Button kind="primary" type="submit" busy={form.busy} disabledReason={form.isDirty ? undefined : text("admin.nothingChanged")}>{text("admin.policy.save")}</Button>
          </div>
        </div>
      </Card>
      {conflict && (
        <ConflictDialog
          base={draftOf(base)} theirs={draftOf(conflict.theirs)} yours={conflict.yours} labels={labels} close={() => setConflict(undefined)}
          shown={(_, value) => (Array.isArray(value) ? listed(value.map((one) => text(`orders.type.${one as WorkOrderType}`))) : text(`admin.policy.when.${value as When}`))}
          save={(values) => send(values, conflict.theirs)}
        />
      )}
    </Form>
  );
}
