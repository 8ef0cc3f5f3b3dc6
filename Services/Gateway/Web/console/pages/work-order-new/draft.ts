import type { Edited } from "../../orders/edit";

export interface NewOrder extends Omit<Edited, "verdict" | "cause" | "completionNotes" | "rootCause" | "preventiveActions"> {
  assetId: string | null;
  /** A task on each line. */
  tasks: string;
  /** The template that it is made from, which has tasks of its own. */
  templateId: string | null;
  /** What was taken over of the template: as long as it is the same, the server takes it from there. */
  filled: Filled | null;
}

export type Filled = Pick<NewOrder, "title" | "description" | "type" | "priority" | "requiredSkills">;
const filledFields = ["title", "description", "type", "priority", "requiredSkills"] as const;

const isSame = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other);

/** What a template fills in: not what somebody has typed already. */
export function fill(order: NewOrder, filled: Filled): Partial<NewOrder> {
  const untouched = filledFields.filter((name) => isSame(order[name], emptyOrder[name]) || (order.filled && isSame(order[name], order.filled[name])));
  return { ...Object.fromEntries(untouched.map((name) => [name, filled[name]])), filled };
}

/** Whether a field says what the template says. */
export const isFilled = (order: NewOrder, name: keyof Filled): boolean => order.templateId !== null && order.filled !== null && isSame(order[name], order.filled[name]);

const store = "dcmms.orders.draft";

export const emptyOrder: NewOrder = {
  assetId: null, title: "", description: "", safetyNotes: "", type: "corrective", priority: "medium", assignedTo: null, requiredSkills: [], scheduledStart: null, scheduledEnd: null, tasks: "",
  templateId: null, filled: null,
};

/** What was typed before the page was loaded anew. It stays in this tab. */
export function readDraft(): NewOrder | null {
  try {
    const kept: unknown = JSON.parse(sessionStorage.getItem(store) ?? "null");
    return typeof kept === "object" && kept !== null ? { ...emptyOrder, ...kept } : null;
  } catch {
    return null;
  }
}

export function keepDraft(order: NewOrder | null): void {
  try {
    if (order === null || JSON.stringify(order) === JSON.stringify(emptyOrder)) sessionStorage.removeItem(store);
    else sessionStorage.setItem(store, JSON.stringify(order));
  } catch {
    // Without storage the form still works.
  }
}

/** Lines as people paste them from mails and manuals: with dashes, dots, numbers and boxes in front. */
export const linesOf = (text: string): string[] =>
  text
    .split("\n")
    .map((line) => line.replace(/^\s*(?:[-–—*•·▪☐☑]|\[[ x]?\]|\d{1,3}[.)])\s*/i, "").trim())
    .filter(Boolean);

export const mostTasks = 100;
export const longestTask = 200;
