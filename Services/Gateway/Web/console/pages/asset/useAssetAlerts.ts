import { useMemo } from "react";
import type { Alert } from "generated/api";
import { useWhole } from "../../../shared/data/useWhole";
import { useMay } from "../../../shared/session/session";

/** Alerts of an asset, the newest first. */
export function useAssetAlerts(assetId: string) {
  const may = useMay()("alert:read");
  const { data, problem, retry, isWhole } = useWhole("GET /api/v1/alerts", may ? { query: { assetId, limit: 200 } } : null);
  const alerts = useMemo(() => [...(data?.items ?? [])].sort((one, other) => (one.firstAt < other.firstAt ? 1 : -1)), [data]);
  return { alerts, problem, retry, isWhole, may };
}

export const isOpen = (alert: Alert): boolean => alert.status !== "resolved";
