import { useMemo } from "react";
import type { SiteResponse } from "generated/api";
import { useData, type Answer } from "../../../shared/data";
import { useMay } from "../../../shared/session/session";
import type { Severity } from "../../alerts/alerts";
import { useSites } from "../../places";

export type SiteTone = "success" | "warning" | "danger" | "neutral";
type Assets = Answer<"GET /api/v1/sites/summary">["items"][number];

export interface SiteState {
  site: SiteResponse;
  /** Down or with critical alerts; degraded, silent or with other alerts; well; without anything that could be well. */
  tone: SiteTone;
  isSilent: boolean;
  /** How many alerts wait for somebody, and the worst of all that have not ended. */
  open: number;
  worst: Severity | undefined;
  assets: Assets | undefined;
}

/** What the state is called. */
export const stateName = ({ tone, isSilent }: SiteState) => (isSilent && tone !== "danger" ? "watch.site.silent" as const : `watch.site.${tone}` as const);

const order: SiteTone[] = ["danger", "warning", "success", "neutral"];

const nobody: ReadonlySet<string> = new Set();

/** The state of each site: those that need somebody come first. `silent` are those from which nothing comes. */
export function useSiteStates(silent = nobody): { states: SiteState[]; isLoading: boolean } {
  const may = useMay();
  const sites = useSites();
  const alerts = useData("GET /api/v1/alerts/summary", may("alert:read") ? {} : null);
  const assets = useData("GET /api/v1/sites/summary", may("asset:read") ? {} : null);
  const states = useMemo(() => {
    const alertsOf = new Map((alerts.data?.bySite ?? []).map((one) => [one.siteId, one]));
    const assetsOf = new Map((assets.data?.items ?? []).map((one) => [one.siteId, one]));
    return [...sites.values()]
      .map((site): SiteState => {
        const alert = alertsOf.get(site.id);
        const counts = assetsOf.get(site.id);
        const isSilent = silent.has(site.id);
        return { site, open: alert?.open ?? 0, worst: alert?.severity, assets: counts, isSilent, tone: toneOf(alert?.severity, counts, isSilent) };
      })
      .sort((one, other) => order.indexOf(one.tone) - order.indexOf(other.tone) || (one.site.name < other.site.name ? -1 : 1));
  }, [sites, alerts.data, assets.data, silent]);
  return { states, isLoading: sites.size === 0 && alerts.isLoading };
}

function toneOf(worst: Severity | undefined, assets: Assets | undefined, isSilent: boolean): SiteTone {
  if (worst === "critical" || (assets?.down ?? 0) > 0) return "danger";
  if (isSilent || worst === "warning" || (assets?.degraded ?? 0) > 0) return "warning";
  return assets && assets.operational + assets.maintenance > 0 ? "success" : "neutral";
}
