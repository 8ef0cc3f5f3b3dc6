import type { ShiftResponse, ShiftTurnResponse } from "generated/api";
import { call } from "../../shared/api/call";
import { change, useData } from "../../shared/data";
import { useEach } from "../../shared/data/useEach";
import { dayText, type Day } from "../pages/work-orders/calendar";
import { days, usualHours, type HoursDraft } from "../pages/service-levels/draft";

/** The same hours on some days of the week, by the clock of a site. */
export type Shift = ShiftResponse;
/** That somebody, or a crew, is on a shift for some time. */
export type Turn = ShiftTurnResponse;

/** The API has more for no site. */
const most = 200;

export function useShifts(siteId: string, isArchived: boolean) {
  const read = useData("GET /api/v1/shifts", siteId ? { query: { siteId, isArchived, limit: most } } : null);
  const shifts = read.data?.items;
  const turns = useEach("GET /api/v1/shifts/{id}/turns", (shifts ?? []).map(({ id }) => ({ path: { id } })));
  const problem = read.problem ?? turns.find((one) => one.problem)?.problem;
  return { shifts, turnsOf: (shift: Shift): readonly Turn[] => turns[shifts?.indexOf(shift) ?? -1]?.data?.items ?? [], isKnown: shifts !== undefined && turns.every(({ data }) => data), problem, retry: read.retry };
}

/** It begins on that day; one that goes past midnight belongs to the day before. */
export const beginsOn = ({ hours }: Shift, at: Day): boolean => hours.days.some((one) => days.indexOf(one) === (new Date(at).getUTCDay() + 6) % 7);

export const isOnDay = ({ first, last }: Turn, at: Day): boolean => first <= dayText(at) && (!last || dayText(at) <= last);

/** What is typed of a shift. */
export interface ShiftDraft { name: string; hours: HoursDraft; isOnCall: boolean }

export const emptyShift: ShiftDraft = { name: "", hours: usualHours, isOnCall: false };
export const draftOf = ({ name, hours, isOnCall }: Shift): ShiftDraft => ({ name, hours: { when: "hours", ...hours, days: days.filter((day) => hours.days.includes(day)) }, isOnCall });
const hoursOf = ({ days: chosen, from, until }: HoursDraft) => ({ days: chosen, from, until });

export const createShift = (siteId: string, { name, hours, isOnCall }: ShiftDraft): Promise<Shift> => change("POST /api/v1/shifts", { body: { siteId, name: name.trim(), hours: hoursOf(hours), isOnCall } }, { also });

/** Only what differs is sent. It counts for those who are on it already, too. */
export const changeShift = ({ id }: Shift, { name, hours, ...rest }: Partial<ShiftDraft>, version: number): Promise<Shift> =>
  change("PATCH /api/v1/shifts/{id}", { path: { id }, body: { ...rest, ...(name === undefined ? {} : { name: name.trim() }), ...(hours ? { hours: hoursOf(hours) } : {}) } }, { version, also });

export const archiveShift = ({ id, version }: Shift, isArchived: boolean): Promise<Shift> => change("PATCH /api/v1/shifts/{id}", { path: { id }, body: { isArchived } }, { version, also });

/** There is no read of one alone. */
export async function readShift({ id, siteId, isArchived }: Shift): Promise<Shift> {
  const of = async (archived: boolean) => (await call("GET /api/v1/shifts", { query: { siteId, isArchived: archived, limit: most } })).items.find((one) => one.id === id);
  const found = await of(isArchived) ?? await of(!isArchived);
  if (!found) throw new Error("the shift is gone");
  return found;
}

export interface TurnDraft { who: "person" | "crew"; userId: string | null; crewId: string; first: string; last: string }

// Whose hours are planned follows from it.
const also = ["schedule"];

export const addTurn = ({ id }: Shift, { who, userId, crewId, first, last }: TurnDraft): Promise<Turn> =>
  change("POST /api/v1/shifts/{id}/turns", { path: { id }, body: { ...(who === "person" ? { userId } : { crewId }), first, ...(last ? { last } : {}) } }, { also });

export const endTurn = ({ id, shiftId }: Turn, last: string): Promise<Turn> => change("PATCH /api/v1/shifts/{id}/turns/{turn}", { path: { id: shiftId, turn: id }, body: { last: last || null } }, { also });

export const removeTurn = ({ id, shiftId }: Turn): Promise<void> => change("DELETE /api/v1/shifts/{id}/turns/{turn}", { path: { id: shiftId, turn: id } }, { also }) as Promise<void>;
