import { useMemo } from "react";
import type { Alert } from "generated/api";
import { useWhole } from "../../../shared/data/useWhole";
import { useMay } from "../../../shared/session/session";
import { mostLines, type Line } from "./chartURL";

/** Alerts of an asset, the newest first. */
export function useAssetAlerts(assetId: string) {
  const may = useMay()("alert:read");
  const { data, problem, retry, isWhole } = useWhole("GET /api/v1/alerts", may ? { query: { assetId, limit: 200 } } : null);
  const alerts = useMemo(() => [...(data?.items ?? [])].sort((one, other) => (one.firstAt < other.firstAt ? 1 : -1)), [data]);
  return { alerts, problem, retry, isWhole, may };
}

/** Alerts of all the assets whose lines a chart shows. */
export function useLineAlerts(lines: readonly Line[]): readonly Alert[] {
  const may = useMay()("alert:read");
  const ids = [...new Set(lines.map((line) => line.assetId))];
  // The server lists those of one asset. Hooks are always as many, so there is one for each line that there may be.
  const lists = Array.from({ length: mostLines }, (_, index) => {
    const assetId = ids[index];
    return useWhole("GET /api/v1/alerts", may && assetId ? { query: { assetId, limit: 200 } } : null).data?.items;
  });
  return useMemo(() => lists.flatMap((items) => items ?? []), lists);
}

export const isOpen = (alert: Alert): boolean => alert.status !== "resolved";
