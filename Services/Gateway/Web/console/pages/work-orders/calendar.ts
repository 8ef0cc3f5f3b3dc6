import { instantOf, offsetAt, wallOf } from "../../../shared/ui/zones";
import type { WorkOrder } from "../../orders/orders";

export const minute = 60_000;
export const day = 24 * 60 * minute;

/** Days are counted by the wall clock of the zone: milliseconds as by `wallOf`, at midnight. */
export type Day = number;

export const dayOf = (instant: number, zone: string): Day => Math.floor(wallOf(instant, zone) / day) * day;
export const instantAt = (wall: number, zone: string): number => instantOf(wall, zone).instant;
export const dayText = (at: Day): string => new Date(at).toISOString().slice(0, 10);

export function dayFromText(text: string | null, zone: string): Day {
  const at = text && /^\d{4}-\d\d-\d\d$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : NaN;
  return Number.isNaN(at) ? dayOf(Date.now(), zone) : at;
}

/** The first day of a week in that language: Sunday in the USA, Monday in Europe. */
export function firstWeekday(locale: string): number {
  const facts = new Intl.Locale(locale) as Intl.Locale & { weekInfo?: { firstDay: number }; getWeekInfo?: () => { firstDay: number } };
  return (facts.getWeekInfo?.() ?? facts.weekInfo)?.firstDay ?? 1;
}

export function startOfWeek(at: Day, first: number): Day {
  const weekday = new Date(at).getUTCDay();
  return at - ((weekday - (first % 7) + 7) % 7) * day;
}

export const startOfMonth = (at: Day): Day => Date.UTC(new Date(at).getUTCFullYear(), new Date(at).getUTCMonth(), 1);
export const addMonths = (at: Day, count: number): Day => Date.UTC(new Date(at).getUTCFullYear(), new Date(at).getUTCMonth() + count, 1);

/** The days that are shown: one week, or the weeks that a month touches. */
export function daysOf(mode: "week" | "month", at: Day, first: number): Day[] {
  const start = startOfWeek(mode === "week" ? at : startOfMonth(at), first);
  const end = mode === "week" ? start + 7 * day : startOfWeek(addMonths(at, 1) - day, first) + 7 * day;
  return Array.from({ length: Math.round((end - start) / day) }, (_, index) => start + index * day);
}

/** How long work takes that says nothing about its end. */
export const usualLength = 2 * 60 * minute;

export interface Span { order: WorkOrder; start: number; end: number }

/** A planned work order by the clock of the zone; `null` if it is not planned. */
export function spanOf(order: WorkOrder, zone: string): Span | null {
  if (!order.scheduledStart) return null;
  const start = Date.parse(order.scheduledStart);
  const end = order.scheduledEnd ? Date.parse(order.scheduledEnd) : start + usualLength;
  return { order, start: wallOf(start, zone), end: wallOf(Math.max(end, start + 15 * minute), zone) };
}

export interface Bar extends Span {
  /** Which of how many beside each other. */
  lane: number;
  lanes: number;
  /** It began before this day, or goes on after it. */
  isContinued: boolean;
  isContinuing: boolean;
}

/** The bars of one day: what overlaps stands side by side. */
export function barsOf(spans: readonly Span[], at: Day): Bar[] {
  const here = spans
    .filter((span) => span.start < at + day && span.end > at)
    .map((span): Bar => ({
      ...span, start: Math.max(span.start, at), end: Math.min(span.end, at + day), lane: 0, lanes: 1,
      isContinued: span.start < at, isContinuing: span.end > at + day,
    }))
    .sort((one, other) => one.start - other.start || other.end - one.end);
  let group: Bar[] = [];
  let until = -Infinity;
  const close = () => { for (const bar of group) bar.lanes = Math.max(...group.map((one) => one.lane)) + 1; };
  for (const bar of here) {
    if (bar.start >= until) {
      close();
      group = [];
    }
    const taken = new Set(group.filter((one) => one.end > bar.start).map((one) => one.lane));
    while (taken.has(bar.lane)) bar.lane++;
    group.push(bar);
    until = Math.max(group.length === 1 ? -Infinity : until, bar.end);
  }
  close();
  return here;
}

/** The same clock time on another day, or another time: the work takes as long as before. */
export function movedTo(order: WorkOrder, start: number): { start: string; end: string | null } {
  const before = order.scheduledStart ? Date.parse(order.scheduledStart) : null;
  const length = before !== null && order.scheduledEnd ? Date.parse(order.scheduledEnd) - before : order.scheduledStart ? null : usualLength;
  return { start: new Date(start).toISOString(), end: length === null ? null : new Date(start + length).toISOString() };
}

/** The name of the zone with its distance from UTC at that time. */
export const offsetText = (instant: number, zone: string): string => {
  const minutes = Math.round(offsetAt(instant, zone) / minute);
  const pad = (value: number) => String(Math.floor(Math.abs(value))).padStart(2, "0");
  return `UTC${minutes < 0 ? "−" : "+"}${pad(minutes / 60)}:${pad(minutes % 60)}`;
};
