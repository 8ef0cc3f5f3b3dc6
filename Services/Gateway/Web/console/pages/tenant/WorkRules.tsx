import type { WorkPolicy } from "generated/api";
import { useState } from "react";
import { ConflictDialog } from "../../administration/ConflictDialog";
import { PickMany } from "../../administration/PickMany";
import { useApiForm } from "../../administration/useApiForm";
import { types, type WorkOrderType } from "../../orders/orders";
import { call } from "../../../shared/api/call";
import { change, Problem, useData } from "../../../shared/data";
import { listed, useText } from "../../../shared/localization";
import { Button, Card, Form, Select, Skeleton, toast } from "../../../shared/ui";

type When = WorkPolicy["approval"]["when"];
interface Draft { approval: When; approvalTypes: string[]; verification: When; verificationTypes: string[]; labor: When; laborTypes: string[] }

const occasions: When[] = ["never", "types", "always"];

const draftOf = ({ approval, verification, labor }: WorkPolicy): Draft => ({
  approval: approval.when, approvalTypes: approval.types ?? [], verification: verification.when, verificationTypes: verification.types ?? [],
  labor: labor.when, laborTypes: labor.types ?? [],
});

const demand = (when: When, chosen: string[]) => ({ when, ...(when === "types" ? { types: chosen as WorkOrderType[] } : {}) });

/** Which work somebody else approves before it begins, and verifies after it has ended, and for which hours are recorded. */
export function WorkRules() {
  const { data } = useData("GET /api/v1/workorders/policy", {});
  return data ? <Rules policy={data} /> : <Card><Skeleton lines={4} /></Card>;
}

function Rules({ policy }: { policy: WorkPolicy }) {
  const text = useText();
  const [base, setBase] = useState(policy);
  const [conflict, setConflict] = useState<{ theirs: WorkPolicy; yours: Draft }>();
  const send = async (values: Draft, from: WorkPolicy) => {
    const body = { approval: demand(values.approval, values.approvalTypes), verification: demand(values.verification, values.verificationTypes), labor: demand(values.labor, values.laborTypes) };
    const saved = await change("PUT /api/v1/workorders/policy", { body }, { version: from.version });
    setBase(saved);
    form.reset(draftOf(saved));
    toast({ tone: "success", text: text("admin.saved") });
  };
  const form = useApiForm<Draft>({
    initial: draftOf(base),
    check: (values) => ({
      ...(values.approval === "types" && values.approvalTypes.length === 0 ? { approvalTypes: text("rules.required") } : {}),
      ...(values.verification === "types" && values.verificationTypes.length === 0 ? { verificationTypes: text("rules.required") } : {}),
      ...(values.labor === "types" && values.laborTypes.length === 0 ? { laborTypes: text("rules.required") } : {}),
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
    verification: text("admin.policy.verification"), verificationTypes: text("admin.policy.verificationTypes"),
    labor: text("orders.hours.policy"), laborTypes: text("orders.hours.policy_types"),
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
            </div>
            <div className="stack">
              <Select label={labels.verification} options={when} {...form.field("verification")} />
              {form.values.verification === "types" && <PickMany label={labels.verificationTypes} options={kinds} {...form.field("verificationTypes")} />}
            </div>
            <div className="stack">
              <Select label={labels.labor} options={when} {...form.field("labor")} />
              {form.values.labor === "types" && <PickMany label={labels.laborTypes} options={kinds} {...form.field("laborTypes")} />}
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
