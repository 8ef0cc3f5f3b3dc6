import { wallOf } from "../../shared/ui/zones";
import { changeOrder, moveOrder, perform, planning } from "../orders/changes";
import { isClosed, type WorkOrder } from "../orders/orders";
import { day, instantAt, movedTo, type Day, type Span } from "../pages/work-orders/calendar";

/** A row by its key: a person, a crew (marked as such), or nobody. */
export type Who = string | null;
const crewMark = "crew:";
export const whoOfCrew = (crew: string): string => crewMark + crew;
const crewIn = (who: Who): string | null => (who?.startsWith(crewMark) ? who.slice(crewMark.length) : null);

/** The work of one person or crew in a week, or that of nobody. */
export interface Row { person: Who; name: string; isCrew: boolean; spans: readonly Span[]; clashes: ReadonlyMap<string, readonly WorkOrder[]> }

/** Whose it is to be moved: a crew's work is in the rows of its members too, and is moved in the crew's. */
export const ownerOf = (order: WorkOrder): Who => (order.crewId ? whoOfCrew(order.crewId) : order.assignedTo ?? null);

/** Whose work is at the same time as other work of the same person, and as which. */
export function clashesOf(spans: readonly Span[]): ReadonlyMap<string, readonly WorkOrder[]> {
  const open = spans.filter(({ order }) => !isClosed(order));
  const found = new Map<string, WorkOrder[]>();
  for (const one of open) {
    const others = open.filter((other) => other !== one && other.start < one.end && one.start < other.end).map(({ order }) => order);
    if (others.length > 0) found.set(one.order.id, others);
  }
  return found;
}

interface Named { id: string; name: string }

/** First what nobody has, then crews, then people by name. */
export function rowsOf(people: readonly Named[], crews: readonly Named[], spans: readonly Span[], nobody: string): Row[] {
  const byWho = new Map<string, Span[]>();
  for (const span of spans) {
    const members = span.order.crewId ? [...span.order.crewMembers, ...(span.order.assignedTo ? [span.order.assignedTo] : [])] : [];
    for (const who of new Set([ownerOf(span.order) ?? "", ...members])) byWho.set(who, [...(byWho.get(who) ?? []), span]);
  }
  const rowOf = (person: Who, name: string, isCrew = false): Row => {
    const own = byWho.get(person ?? "") ?? [];
    // Who of a crew is at two places, the rows of its members say.
    return { person, name, isCrew, spans: own, clashes: person === null || isCrew ? new Map() : clashesOf(own) };
  };
  return [rowOf(null, nobody), ...crews.map(({ id, name }) => rowOf(whoOfCrew(id), name, true)), ...people.map(({ id, name }) => rowOf(id, name))];
}

/** A place in the week: a day of a row. */
export interface Place { person: Who; at: Day }

/** When work begins that had no time before, by the clock on the wall. */
const usualStart = 8 * 60 * 60_000;

export interface Plan { start: string | null; end: string | null; assignedTo: string | null; crewId: string | null }

const planOf = (order: WorkOrder): Plan => ({ start: order.scheduledStart ?? null, end: order.scheduledEnd ?? null, assignedTo: order.assignedTo ?? null, crewId: order.crewId ?? null });

/** By the clock of the site, where people begin; by that of the table, if the site's morning is on another of its days. */
function morning(at: Day, zone: string, siteZone: string): number {
  const there = wallOf(instantAt(at + usualStart, siteZone), zone);
  return there >= at && there < at + day ? there : at + usualStart;
}

/** The plan for another place: at the same time of the day, and for as long as before. `from`: the day by which it is held. */
export function planAt(order: WorkOrder, from: Day, to: Place, zone: string, siteZone: string): Plan {
  const before = planOf(order);
  const wall = before.start === null ? morning(to.at, zone, siteZone) : wallOf(Date.parse(before.start), zone) + (to.at - from);
  // Nothing is planned anew that stays on its day: who only gets it keeps its times.
  const isSameDay = before.start !== null && to.at === from;
  const crewId = crewIn(to.person);
  // Who leads the crew still does.
  const assignedTo = crewId === null ? to.person : crewId === before.crewId ? before.assignedTo : null;
  return { ...(isSameDay ? before : movedTo(order, instantAt(wall, zone))), assignedTo, crewId };
}

const isSameWho = (one: Plan, other: Plan): boolean => one.assignedTo === other.assignedTo && one.crewId === other.crewId;

/** Only what differs is sent. */
const whoOf = (from: Plan, to: Plan) => ({ ...(from.assignedTo === to.assignedTo ? {} : { assignedTo: to.assignedTo }), ...(from.crewId === to.crewId ? {} : { crewId: to.crewId }) });

export const isSamePlan = (order: WorkOrder, plan: Plan): boolean => {
  const now = planOf(order);
  return now.start === plan.start && isSameWho(now, plan);
};

const isSameTime = (one: string | null, other: string | null): boolean => one === other || (one !== null && other !== null && Date.parse(one) === Date.parse(other));

/** Plans work and gives it to somebody: both or neither. */
export async function carryOut(order: WorkOrder, plan: Plan): Promise<WorkOrder> {
  const before = planOf(order);
  const person = whoOf(before, plan);
  if (isSameTime(before.start, plan.start) || plan.start === null) return changeOrder(order, person);
  const times = planning(order, plan.start, plan.end);
  if ("change" in times) return changeOrder(order, { ...times.change, ...person });
  if (isSameWho(before, plan)) return perform(order, times);
  // Who may not do it is found first: then nothing has happened yet.
  const given = await changeOrder(order, person);
  try {
    return await perform(given, times);
  } catch (error) {
    await changeOrder(given, whoOf(plan, before)).catch(() => undefined);
    throw error;
  }
}

/** As it was before, if nobody else has changed it meanwhile. */
export async function takeBack(before: WorkOrder, now: WorkOrder): Promise<void> {
  const was = planOf(before);
  const current = before.status === "open" && now.status === "scheduled" ? await moveOrder(now, "unschedule") : now;
  const is = planOf(current);
  const body = {
    ...(isSameTime(is.start, was.start) ? {} : { scheduledStart: was.start }),
    ...(isSameTime(is.end, was.end) ? {} : { scheduledEnd: was.end }),
    ...whoOf(is, was),
  };
  if (Object.keys(body).length > 0) await changeOrder(current, body);
}

/** The place that keys lead to from another one, inside the week and its rows. */
export function stepped(place: Place, key: "left" | "right" | "up" | "down", days: readonly Day[], rows: readonly Row[]): Place {
  const row = rows.findIndex(({ person }) => person === place.person);
  if (key === "left" || key === "right") {
    const at = place.at + (key === "right" ? day : -day);
    return days.includes(at) ? { ...place, at } : place;
  }
  return { ...place, person: (rows[row + (key === "down" ? 1 : -1)] ?? rows[row])?.person ?? null };
}
