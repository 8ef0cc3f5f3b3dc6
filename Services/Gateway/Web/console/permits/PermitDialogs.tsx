import { useState } from "react";
import { useText } from "../../shared/localization";
import { navigate } from "../../shared/router";
import { useUser } from "../../shared/session/session";
import { Select, toast } from "../../shared/ui";
import { useApiForm } from "../administration/useApiForm";
import type { WorkOrder } from "../orders/orders";
import { EditDialog } from "../pages/assets/EditDialog";
import { FormDialog } from "../pages/assets/FormDialog";
import { useEdit } from "../pages/assets/useEdit";
import { useZones } from "../places";
import { linesOf, PermitFields, draftOf, usePermitCheck, usePermitLabels, usePermitWords, type PermitDraft } from "./PermitFields";
import { changePermit, createPermit, permitKinds, readPermit, type Permit, type PermitKind } from "./permits";
import { useKindName } from "./useKindName";

const hour = 3_600_000;

/** Prepares a permit for a work order. It is a draft until somebody asks for approval. */
export function NewPermitDialog({ order, kind, close }: { order: WorkOrder; kind: PermitKind | undefined; close: () => void }) {
  const text = useText();
  const kindName = useKindName();
  const zone = useZones()(order.siteId);
  const self = useUser().id;
  const [initial] = useState((): PermitDraft => {
    const from = Math.floor(Date.now() / 60_000) * 60_000;
    return {
      kind: kind ?? "electrical_loto", title: order.title, description: "", location: "", validFrom: new Date(from).toISOString(), validUntil: new Date(from + 8 * hour).toISOString(),
      hazards: [], checklist: "", workers: [...new Set([order.assignedTo ?? self, ...order.crewMembers])], isolations: [], ppe: "", precautions: "",
    };
  });
  const labels = usePermitLabels();
  const form = useApiForm<PermitDraft>({
    initial,
    check: usePermitCheck(),
    submit: async (values) => {
      const { description, location } = values;
      const made = await createPermit(order.id, {
        kind: values.kind, title: values.title.trim(), validFrom: values.validFrom ?? "", validUntil: values.validUntil ?? "", hazards: values.hazards, workers: values.workers,
        isolations: values.isolations, checklist: linesOf(values.checklist), ppe: linesOf(values.ppe), precautions: linesOf(values.precautions),
        ...(description.trim() ? { description: description.trim() } : {}), ...(location.trim() ? { location: location.trim() } : {}),
      });
      form.reset(initial);
      close();
      toast({ tone: "success", text: text("orders.permit.created", { number: made.number }) });
      navigate(`/permits/${made.id}`);
    },
  });
  return (
    <FormDialog title={text("orders.permit.new")} form={form} confirm={text("orders.permit.create")} close={close}>
      <Select label={labels.kind} required {...form.field("kind")} options={permitKinds.map((value) => ({ value, label: kindName(value) }))} />
      <PermitFields form={form} zone={zone} kind={form.values.kind} />
    </FormDialog>
  );
}

/** Changes a draft. What somebody else has written meanwhile is shown beside. */
export function EditPermitDialog({ permit, changed, close }: { permit: Permit; changed: () => void; close: () => void }) {
  const text = useText();
  const zone = useZones()(permit.siteId);
  const labels = usePermitLabels();
  const shown = usePermitWords();
  const edit = useEdit<Permit, PermitDraft>({
    record: permit,
    valuesOf: draftOf,
    read: () => readPermit(permit),
    send: (changes, version) => {
      const { kind: _, validFrom, validUntil, description, location, checklist, ppe, precautions, ...rest } = changes;
      return changePermit(permit, {
        ...rest, ...(validFrom ? { validFrom } : {}), ...(validUntil ? { validUntil } : {}),
        ...(checklist === undefined ? {} : { checklist: linesOf(checklist) }), ...(ppe === undefined ? {} : { ppe: linesOf(ppe) }), ...(precautions === undefined ? {} : { precautions: linesOf(precautions) }),
        // An empty text is none.
        ...(description === undefined ? {} : { description: description.trim() || null }), ...(location === undefined ? {} : { location: location.trim() || null }),
      }, version);
    },
    check: usePermitCheck(),
    done: () => {
      changed();
      close();
      toast({ tone: "success", text: text("admin.saved") });
    },
  });
  return (
    <EditDialog title={text("orders.permit.edit_title")} edit={edit} labels={labels} close={close} shown={shown}>
      <PermitFields form={edit.form} zone={zone} kind={permit.kind} />
    </EditDialog>
  );
}
