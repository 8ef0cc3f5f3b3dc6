import { useText } from "../../shared/localization";
import { useFormat } from "../../shared/localization/format";
import { ChangeList, useStatusName } from "../../shared/ui";
import { useNames } from "../people";
import { useZones } from "../places";
import { changedFields, editedOf, type Edited, type EditedField } from "./edit";
import { standing, type WorkOrder } from "./orders";

export const labels = {
  title: "orders.title", description: "orders.description", safetyNotes: "orders.note.safetyNotes", type: "orders.type", priority: "orders.priority", assignedTo: "orders.assignee",
  requiredSkills: "orders.skills", scheduledStart: "orders.planned_start", scheduledEnd: "orders.planned_end",
  verdict: "orders.verdict", cause: "orders.cause",
  completionNotes: "orders.note.completionNotes", rootCause: "orders.note.rootCause", preventiveActions: "orders.note.preventiveActions",
} as const;

/** What somebody else has changed of a work order, before and after. */
export function Changed({ before, after }: { before: WorkOrder; after: WorkOrder }) {
  const text = useText();
  const status = useStatusName();
  const show = useShown(after);
  const [was, is] = [editedOf(before), editedOf(after)];
  const changes = changedFields(was, is).map((field) => ({ field: field as string, label: text(labels[field]), before: show(field, was), after: show(field, is) }));
  const [stood, stands] = [standing(before), standing(after)];
  if (stood.value !== stands.value || stood.kind !== stands.kind) {
    changes.unshift({ field: "status", label: text("orders.status"), before: status(stood.kind, stood.value), after: status(stands.kind, stands.value) });
  }
  return changes.length > 0 ? <ChangeList changes={changes} /> : null;
}

/** The values as people read them. */
export function useShown(order: WorkOrder): (field: EditedField, values: Edited) => string {
  const text = useText();
  const format = useFormat();
  const status = useStatusName();
  const nameOf = useNames();
  const zone = useZones()(order.siteId);
  return (field, values) => {
    switch (field) {
      case "type": return text(`orders.type.${values.type}`);
      case "priority": return status("priority", values.priority);
      case "verdict": return values.verdict ? text(`orders.verdict.${values.verdict}`) : "";
      case "assignedTo": return values.assignedTo ? nameOf(values.assignedTo) : text("orders.nobody");
      case "requiredSkills": return format.list(values.requiredSkills);
      case "scheduledStart":
      case "scheduledEnd": return values[field] ? format.dateTime(values[field] ?? "", zone) : "";
      default: return values[field];
    }
  };
}
