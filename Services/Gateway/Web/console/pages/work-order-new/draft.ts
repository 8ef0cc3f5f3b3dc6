import type { Edited } from "../../orders/edit";

export interface NewOrder extends Edited {
  assetId: string | null;
  /** A task on each line. */
  tasks: string;
}

const store = "dcmms.orders.draft";

export const emptyOrder: NewOrder = {
  assetId: null, title: "", description: "", type: "corrective", priority: "medium", assignedTo: null, requiredSkills: [], scheduledStart: null, scheduledEnd: null, tasks: "",
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
