import type { Operations } from "generated/api";
import { alertStatuses, severities, type Severity } from "../../alerts/alerts";

type Query = Operations["GET /api/v1/alerts"]["query"];
export type StatusFilter = (typeof alertStatuses)[number] | "all";

/** What of the alerts is shown. All of it stands in the URL. */
export interface Filters {
  /** Open, unless something else is said: those that wait for somebody. */
  status: StatusFilter;
  severity: Severity | "";
  site: string;
  portfolio: string;
  asset: string;
  rule: string;
  /** How many days back. */
  days: number;
}

export const spans = [1, 7, 30] as const;

export function filtersOf(search: URLSearchParams): Filters {
  const status = search.get("status");
  const days = Number(search.get("days"));
  return {
    status: status === "all" ? "all" : alertStatuses.find((known) => known === status) ?? "open",
    severity: severities.find((known) => known === search.get("severity")) ?? "",
    site: search.get("site") ?? "",
    portfolio: search.get("portfolio") ?? "",
    asset: search.get("asset") ?? "",
    rule: search.get("rule") ?? "",
    days: Number.isInteger(days) && days > 0 && days <= 3_650 ? days : 0,
  };
}

export const filterNames = ["severity", "site", "portfolio", "asset", "rule", "days"] as const;

export const isNarrowed = (filters: Filters): boolean => filterNames.some((name) => Boolean(filters[name]));

/**
 * @param ofScope What it is narrowed to by the sites.
 * @param now When the page was opened: the same read must not be another one at each moment.
 */
export function queryOf(filters: Filters, ofScope: { siteId?: string[] }, now: number): Query {
  return {
    ...(filters.status === "all" ? {} : { status: [filters.status] }),
    ...(filters.severity === "" ? {} : { severity: [filters.severity] }),
    ...ofScope,
    ...(filters.asset === "" ? {} : { assetId: filters.asset }),
    ...(filters.rule === "" ? {} : { ruleId: filters.rule }),
    ...(filters.days === 0 ? {} : { from: new Date(now - filters.days * 86_400_000).toISOString() }),
    limit: 100,
  };
}
