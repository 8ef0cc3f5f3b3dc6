import type { ServiceLevelsResponse, SetServiceLevels } from "generated/api";
import { holdReasons, type HoldReason, type ServiceLevels } from "../../levels/levels";
import { priorities, type Priority } from "../../orders/orders";

type Hours = NonNullable<ServiceLevelsResponse["hours"]>;
export type Day = Hours["days"][number];
export const days: Day[] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

/** A length of time as somebody writes it; without a number, nothing is promised. */
export interface Span { count: number | null; unit: "minutes" | "hours" }
/** What is promised for the work of a priority. */
export interface LevelDraft { respond: Span; restore: Span; isAroundTheClock: boolean }
/** Which hours count; what belongs to working hours is kept while all hours do. */
export interface HoursDraft { when: "always" | "hours"; days: Day[]; from: string; until: string }
export interface SiteDraft { siteId: string; hours: HoursDraft }

export interface Draft extends Record<Priority, LevelDraft> { hours: HoursDraft; sites: SiteDraft[]; pausedBy: HoldReason[] }

/** A year: no level is longer. */
export const longest = 525_600;

export const minutesOf = ({ count, unit }: Span): number | null => (count === null ? null : Math.round(unit === "hours" ? count * 60 : count));

const spanOf = (minutes: number | null | undefined): Span =>
  typeof minutes !== "number" ? { count: null, unit: "hours" } : minutes % 60 === 0 ? { count: minutes / 60, unit: "hours" } : { count: minutes, unit: "minutes" };

export const usualHours: HoursDraft = { when: "hours", days: days.slice(0, 5), from: "08:00", until: "17:00" };
const hoursOf = (hours: Hours | null | undefined): HoursDraft => (hours ? { when: "hours", days: hours.days, from: hours.from, until: hours.until } : { ...usualHours, when: "always" });

export function draftOf(levels: ServiceLevels): Draft {
  const of = (priority: Priority): LevelDraft => {
    const level = levels.levels.find((one) => one.priority === priority);
    return { respond: spanOf(level?.respondMinutes), restore: spanOf(level?.restoreMinutes), isAroundTheClock: level?.isAroundTheClock ?? false };
  };
  return {
    critical: of("critical"), high: of("high"), medium: of("medium"), low: of("low"),
    hours: hoursOf(levels.hours), sites: levels.sites.map(({ siteId, hours }) => ({ siteId, hours: hoursOf(hours) })), pausedBy: levels.pausedBy,
  };
}

const isPromised = ({ respond, restore }: LevelDraft): boolean => respond.count !== null || restore.count !== null;

/** The priorities for which something is promised, in the order in which they are sent. */
export const promised = (draft: Draft): Priority[] => priorities.filter((one) => isPromised(draft[one]));

const sentHours = ({ when, days: chosen, from, until }: HoursDraft): Hours | null => (when === "always" ? null : { days: days.filter((day) => chosen.includes(day)), from, until });

export function bodyOf(draft: Draft): SetServiceLevels {
  const hours = sentHours(draft.hours);
  return {
    levels: promised(draft).map((priority) => {
      const { respond, restore, isAroundTheClock } = draft[priority];
      const [respondMinutes, restoreMinutes] = [minutesOf(respond), minutesOf(restore)];
      return { priority, isAroundTheClock, ...(respondMinutes === null ? {} : { respondMinutes }), ...(restoreMinutes === null ? {} : { restoreMinutes }) };
    }),
    ...(hours ? { hours } : {}),
    sites: draft.sites.map(({ siteId, hours: own }) => {
      const counted = sentHours(own);
      return { siteId, ...(counted ? { hours: counted } : {}) };
    }),
    pausedBy: holdReasons.filter((one) => draft.pausedBy.includes(one)),
  };
}

const isTime = (value: string): boolean => /^([01]\d|2[0-3]):[0-5]\d$/.test(value);

export interface HoursFaults { days?: true; from?: true; until?: true; isSame?: true }

/** What is wrong with hours, as far as the page can tell. */
export function faultsOf({ when, days: chosen, from, until }: HoursDraft): HoursFaults {
  if (when === "always") return {};
  return {
    ...(chosen.length === 0 ? { days: true } : {}), ...(isTime(from) ? {} : { from: true }), ...(isTime(until) ? {} : { until: true }),
    ...(isTime(from) && from === until ? { isSame: true } : {}),
  };
}

export const isFaulty = (hours: HoursDraft): boolean => Object.keys(faultsOf(hours)).length > 0;
