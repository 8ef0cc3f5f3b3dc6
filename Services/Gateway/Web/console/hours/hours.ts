import type { LaborResponse } from "generated/api";
import { call } from "../../shared/api/call";
import { change } from "../../shared/data";
import { useWhole } from "../../shared/data/useWhole";
import { useMay, useUser } from "../../shared/session/session";
import { isOpen, type WorkOrder } from "../orders/orders";

/** Time that somebody has worked on a work order, or works on it now. */
export type Hours = LaborResponse;
export type HoursKind = Hours["kind"];
export const hoursKinds: HoursKind[] = ["work", "travel"];

/** What an hour can count as, in the words of the ledger. */
export const classes = ["regular", "overtime", "weekend", "travel"] as const;
export type HoursClass = (typeof classes)[number];

export const secondsOf = (entry: Hours, one: HoursClass): number => entry[`${one}Seconds`];

export const lengthOf = (entry: Hours): number => classes.reduce((sum, one) => sum + secondsOf(entry, one), 0) * 1000;

/** The clock runs. */
export const isRunning = (entry: Hours): boolean => !entry.endedAt;

/** Those of a work order, the latest first, and what runs above all else. */
export function useHours(order: WorkOrder) {
  const read = useWhole("GET /api/v1/workorders/{id}/labor", { path: { id: order.id }, query: { limit: 200 } });
  const entries = read.data && [...read.data.items].sort((one, other) => Number(isRunning(other)) - Number(isRunning(one)) || Date.parse(other.startedAt) - Date.parse(one.startedAt));
  return { ...read, entries };
}

/** What the person may do with hours of this work order. Whose hours these may be beyond their own is the server's to say: who assigns work is offered all. */
export function useMayRecord(order: WorkOrder): { own: boolean; others: boolean; of: (entry: Hours) => boolean } {
  const may = useMay();
  const { id } = useUser();
  const own = may("labor:record") && isOpen(order, "labor");
  const others = own && may("workorder:assign") && may("user:read");
  return { own, others, of: (entry) => (entry.userId === id ? own : others) };
}

const path = ({ workOrderId, id }: Hours) => ({ id: workOrderId, entry: id });
/** What time costs follows from the time. */
const also = ["costs"];

export const startClock = (order: WorkOrder, kind: HoursKind): Promise<Hours> =>
  change("POST /api/v1/workorders/{id}/labor", { path: { id: order.id }, body: { kind } }, { also });

export const stopClock = (entry: Hours, body: { breakMinutes?: number; note?: string }): Promise<Hours> =>
  change("POST /api/v1/workorders/{id}/labor/{entry}/stop", { path: path(entry), body }, { also });

export const removeHours = (entry: Hours, reason: string): Promise<Hours> =>
  change("POST /api/v1/workorders/{id}/labor/{entry}/removal", { path: path(entry), body: { reason } }, { version: entry.version, also });

/** What is typed of an entry. */
export interface Draft {
  /** Empty: nobody was chosen. */
  userId: string | null;
  kind: HoursKind;
  startedAt: string | null;
  endedAt: string | null;
  breakMinutes: number | null;
  note: string;
}

export const draftOf = (entry: Hours): Draft => ({
  userId: entry.userId, kind: entry.kind, startedAt: entry.startedAt, endedAt: entry.endedAt ?? null, breakMinutes: entry.breakMinutes, note: entry.note ?? "",
});

const noteOf = ({ note }: Draft): string | null => (note.trim() === "" ? null : note.trim());

export const addHours = (order: WorkOrder, draft: Draft): Promise<Hours> => {
  const { userId, kind, startedAt, endedAt, breakMinutes } = draft;
  const body = { kind, startedAt, endedAt, breakMinutes: breakMinutes ?? 0, note: noteOf(draft), ...(userId ? { userId } : {}) };
  return change("POST /api/v1/workorders/{id}/labor", { path: { id: order.id }, body }, { also });
};

const fields = ["kind", "startedAt", "endedAt", "breakMinutes", "note"] as const;
type Field = (typeof fields)[number];

const isSame = (field: Field, one: Draft, other: Draft): boolean => {
  const [a, b] = [one[field] ?? "", other[field] ?? ""];
  // The same moment can be written with more or fewer digits.
  return a === b || ((field === "startedAt" || field === "endedAt") && Date.parse(String(a)) === Date.parse(String(b)));
};

export const changedFields = (before: Draft, after: Draft): Field[] => fields.filter((field) => !isSame(field, before, after));

export const correctHours = (entry: Hours, draft: Draft, reason: string): Promise<Hours> => {
  const clean = { ...draft, note: noteOf(draft), breakMinutes: draft.breakMinutes ?? 0 };
  const changes = Object.fromEntries(changedFields(draftOf(entry), draft).map((field) => [field, clean[field]]));
  return change("PATCH /api/v1/workorders/{id}/labor/{entry}", { path: path(entry), body: { ...changes, reason } }, { version: entry.version, also });
};

/** As it is on the server now; `undefined`: somebody has removed it. */
export const readHours = async (entry: Hours): Promise<Hours | undefined> => {
  const { items } = await call("GET /api/v1/workorders/{id}/labor", { path: { id: entry.workOrderId }, query: { userId: entry.userId, limit: 200 } });
  return items.find(({ id }) => id === entry.id);
};
