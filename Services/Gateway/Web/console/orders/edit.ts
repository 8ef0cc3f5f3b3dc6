import type { ChangeWorkOrder } from "generated/api";
import type { Priority, Verdict, WorkOrder, WorkOrderType } from "./orders";

/** The fields that can be edited, as the form has them. */
export interface Edited {
  title: string;
  description: string;
  type: WorkOrderType;
  priority: Priority;
  assignedTo: string | null;
  requiredSkills: string[];
  scheduledStart: string | null;
  scheduledEnd: string | null;
  /** Whether what an alert or a prediction said was so; empty while nobody has said it. */
  verdict: Verdict | "";
  cause: string;
}

export const fields = ["title", "description", "type", "priority", "assignedTo", "requiredSkills", "scheduledStart", "scheduledEnd", "verdict", "cause"] as const;
export type EditedField = (typeof fields)[number];

export const editedOf = (order: WorkOrder): Edited => ({
  title: order.title,
  description: order.description ?? "",
  type: order.type,
  priority: order.priority,
  assignedTo: order.assignedTo ?? null,
  requiredSkills: order.requiredSkills,
  scheduledStart: order.scheduledStart ?? null,
  scheduledEnd: order.scheduledEnd ?? null,
  verdict: order.verdict ?? "",
  cause: order.cause ?? "",
});

const times: readonly string[] = ["scheduledStart", "scheduledEnd"];

export function isSame(field: EditedField, one: Edited, other: Edited): boolean {
  const [a, b] = [one[field], other[field]];
  // The same moment can be written with more or fewer digits.
  if (times.includes(field) && typeof a === "string" && typeof b === "string") return Date.parse(a) === Date.parse(b);
  return a === b || JSON.stringify(a) === JSON.stringify(b);
}

export const changedFields = (base: Edited, values: Edited): EditedField[] => fields.filter((field) => !isSame(field, base, values));

/** Only what was changed is sent: the rest may need rights that the person does not have. */
export const bodyOf = (base: Edited, values: Edited): ChangeWorkOrder => {
  const clean = { ...values, title: values.title.trim(), description: values.description.trim() === "" ? null : values.description, cause: values.cause.trim() };
  return Object.fromEntries(changedFields(base, values).map((field) => [field, clean[field]]));
};

/** Fields in which what is saved now differs from what was typed. */
export const conflicts = (mine: Edited, theirs: Edited): EditedField[] => changedFields(mine, theirs);
