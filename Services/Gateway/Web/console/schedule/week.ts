import { wallOf } from "../../shared/ui/zones";
import { changeOrder, moveOrder, perform, planning } from "../orders/changes";
import { isClosed, type WorkOrder } from "../orders/orders";
import { day, instantAt, movedTo, type Day, type Span } from "../pages/work-orders/calendar";

/** The work of one person in a week, or that of nobody. */
export interface Row { person: string | null; name: string; spans: readonly Span[]; clashes: ReadonlyMap<string, readonly WorkOrder[]> }

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

/** First what nobody has, then people by name. */
export function rowsOf(people: readonly { id: string; name: string }[], spans: readonly Span[], nobody: string): Row[] {
  const byPerson = new Map<string, Span[]>();
  for (const span of spans) {
    const key = span.order.assignedTo ?? "";
    byPerson.set(key, [...(byPerson.get(key) ?? []), span]);
  }
  const rowOf = (person: string | null, name: string): Row => {
    const own = byPerson.get(person ?? "") ?? [];
    return { person, name, spans: own, clashes: person === null ? new Map() : clashesOf(own) };
  };
  return [rowOf(null, nobody), ...people.map(({ id, name }) => rowOf(id, name))];
}

/** A place in the week: a day of a row. */
export interface Place { person: string | null; at: Day }

/** When work begins that had no time before, by the clock on the wall. */
const usualStart = 8 * 60 * 60_000;

export interface Plan { start: string | null; end: string | null; assignedTo: string | null }

const planOf = (order: WorkOrder): Plan => ({ start: order.scheduledStart ?? null, end: order.scheduledEnd ?? null, assignedTo: order.assignedTo ?? null });

/** The plan for another place: at the same time of the day, and for as long as before. `from`: the day by which it is held. */
export function planAt(order: WorkOrder, from: Day, to: Place, zone: string): Plan {
  const before = planOf(order);
  const wall = before.start === null ? to.at + usualStart : wallOf(Date.parse(before.start), zone) + (to.at - from);
  // Nothing is planned anew that stays on its day: who only gets it keeps its times.
  const isSameDay = before.start !== null && to.at === from;
  return { ...(isSameDay ? before : movedTo(order, instantAt(wall, zone))), assignedTo: to.person };
}

export const isSamePlan = (order: WorkOrder, plan: Plan): boolean => {
  const now = planOf(order);
  return now.start === plan.start && now.assignedTo === plan.assignedTo;
};

const isSameTime = (one: string | null, other: string | null): boolean => one === other || (one !== null && other !== null && Date.parse(one) === Date.parse(other));

/** Plans work and gives it to somebody: both or neither. */
export async function carryOut(order: WorkOrder, plan: Plan): Promise<WorkOrder> {
  const before = planOf(order);
  const person = before.assignedTo === plan.assignedTo ? {} : { assignedTo: plan.assignedTo };
  if (isSameTime(before.start, plan.start) || plan.start === null) return changeOrder(order, person);
  const times = planning(order, plan.start, plan.end);
  if ("change" in times) return changeOrder(order, { ...times.change, ...person });
  if (before.assignedTo === plan.assignedTo) return perform(order, times);
  // Who may not do it is found first: then nothing has happened yet.
  const given = await changeOrder(order, person);
  try {
    return await perform(given, times);
  } catch (error) {
    await changeOrder(given, { assignedTo: before.assignedTo }).catch(() => undefined);
    throw error;
  }
}

/** As it was before, if nobody else has changed it meanwhile. */
export async function takeBack(before: WorkOrder, now: WorkOrder): Promise<void> {
  const { start, end, assignedTo } = planOf(before);
  const current = before.status === "open" && now.status === "scheduled" ? await moveOrder(now, "unschedule") : now;
  const is = planOf(current);
  const body = {
    ...(isSameTime(is.start, start) ? {} : { scheduledStart: start }),
    ...(isSameTime(is.end, end) ? {} : { scheduledEnd: end }),
    ...(is.assignedTo === assignedTo ? {} : { assignedTo }),
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
