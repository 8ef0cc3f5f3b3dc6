import { useMemo } from "react";
import { useData } from "../../shared/data";
import { useMay } from "../../shared/session/session";
import { dayText, type Day } from "../pages/work-orders/calendar";
import type { Place } from "./week";
import type { Load } from "./WeekTable";

/** Who is off on which days of a week, and how much of their hours is planned. It stands beside the plan: without it, the plan is shown all the same. */
export function usePresence(week: { from: string; to: string; monday: Day }, siteId: string): { isOff: (place: Place) => boolean; loadOf: (person: string | null) => Load | undefined } {
  const may = useMay();
  const { from, to, monday } = week;
  const schedule = useData("GET /api/v1/schedule", may("schedule:read") ? { query: { from, to, ...(siteId ? { siteId } : {}) } } : null);
  const workload = useData("GET /api/v1/schedule/workload", siteId && may("utilization:read") ? { query: { week: dayText(monday), siteId } } : null);
  const off = useMemo(() => new Map((schedule.data?.people ?? []).map(({ userId, timeOff }) => [userId, timeOff])), [schedule.data]);
  const loads = useMemo(() => new Map<string, Load>((workload.data?.items ?? []).map((one) => [one.userId, one])), [workload.data]);
  return {
    isOff: ({ person, at }) => (person ? off.get(person) ?? [] : []).some(({ first, last }) => first <= dayText(at) && dayText(at) <= last),
    loadOf: (person) => (person ? loads.get(person) : undefined),
  };
}
