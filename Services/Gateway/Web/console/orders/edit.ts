import type { ChangeWorkOrder } from "generated/api";
import type { Priority, Verdict, WorkOrder, WorkOrderType } from "./orders";

/** The fields that can be edited, as the form has them. */
export interface Edited {
  title: string;
  description: string;
  /** What whoever does the work must beware of. */
  safetyNotes: string;
  type: WorkOrderType;
  priority: Priority;
  assignedTo: string | null;
  requiredSkills: string[];
  scheduledStart: string | null;
  scheduledEnd: string | null;
  /** Whether what an alert or a prediction said was so; empty while nobody has said it. */
  verdict: Verdict | "";
  cause: string;
  /** What is written down at the end. */
  completionNotes: string;
  rootCause: string;
  preventiveActions: string;
}

export const fields = [
  "title", "description", "safetyNotes", "type", "priority", "assignedTo", "requiredSkills", "scheduledStart", "scheduledEnd", "verdict", "cause", "completionNotes", "rootCause",
  "preventiveActions",
] as const;
/** What is written down at the end, in its order on the page. */
export const endings = ["completionNotes", "rootCause", "preventiveActions"] as const;
export type EditedField = (typeof fields)[number];

export const editedOf = (order: WorkOrder): Edited => ({
  title: order.title,
  description: order.description ?? "",
  safetyNotes: order.safetyNotes ?? "",
  type: order.type,
  priority: order.priority,
  assignedTo: order.assignedTo ?? null,
  requiredSkills: order.requiredSkills,
  scheduledStart: order.scheduledStart ?? null,
  scheduledEnd: order.scheduledEnd ?? null,
  verdict: order.verdict ?? "",
  cause: order.cause ?? "",
  completionNotes: order.completionNotes ?? "",
  rootCause: order.rootCause ?? "",
  preventiveActions: order.preventiveActions ?? "",
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
  const words = (typed: string) => (typed.trim() === "" ? null : typed);
  const clean = {
    ...values, title: values.title.trim(), description: words(values.description), safetyNotes: words(values.safetyNotes), cause: values.cause.trim(),
    completionNotes: words(values.completionNotes), rootCause: words(values.rootCause), preventiveActions: words(values.preventiveActions),
  };
  return Object.fromEntries(changedFields(base, values).map((field) => [field, clean[field]]));
};

/** Fields in which what is saved now differs from what was typed. */
export const conflicts = (mine: Edited, theirs: Edited): EditedField[] => changedFields(mine, theirs);
