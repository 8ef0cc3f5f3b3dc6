import { useEffect, useState } from "react";
import type { TelemetryWindow } from "generated/api";
import { call } from "../../../shared/api/call";
import { useNow } from "../asset/useNow";
import { usePowerSources, type PowerSource } from "./usePowerSources";

export const ranges = { "24h": { hours: 24, interval: "15m" }, "7d": { hours: 7 * 24, interval: "1h" } } as const;
export type PowerRange = keyof typeof ranges;

const hour = 3_600_000;

export interface SitePower { siteId: string; times: Float64Array; values: Float64Array }

/** The windows of everything that measures power. */
export async function readWindows(sources: readonly PowerSource[], interval: "15m" | "1h", from: (source: PowerSource) => number, to: number, signal: AbortSignal) {
  return Promise.all(sources.map(async (source) => {
    const query = { interval, from: new Date(from(source)).toISOString(), to: new Date(to).toISOString(), limit: 200, tag: source.tag };
    const { items } = await call("GET /api/v1/assets/{id}/telemetry", { path: { id: source.assetId }, query }, { signal });
    return { source, windows: items as TelemetryWindow[] };
  }));
}

/**
 * The power of each site in kW: the sum of its assets' averages. A moment at which one of them has sent nothing is a gap.
 *
 * @returns `null` if nobody may know it, or nothing measures it; "much" if there is too much of it.
 */
export function usePower(site: string, range: PowerRange): { power: SitePower[] | undefined; from: number; to: number } | null | "much" {
  const sources = usePowerSources(site);
  const now = useNow(5 * 60_000);
  const { hours, interval } = ranges[range];
  const to = Math.ceil(now / hour) * hour;
  const from = to - hours * hour;
  const [power, setPower] = useState<SitePower[]>();
  useEffect(() => {
    if (!Array.isArray(sources) || sources.length === 0) return;
    const abort = new AbortController();
    readWindows(sources, interval, () => from, to, abort.signal).then(
      (found) => setPower(summed(found)),
      // The rest of the page does not depend on it, and the next round comes soon.
      () => undefined
    );
    return () => abort.abort();
  }, [sources, from, to, interval]);
  return sources === "much" ? sources : sources?.length ? { power, from, to } : null;
}

function summed(found: { source: PowerSource; windows: TelemetryWindow[] }[]): SitePower[] {
  const sites = [...new Set(found.filter(({ windows }) => windows.length > 0).map(({ source }) => source.siteId))];
  return sites.map((siteId) => {
    const parts = found.filter(({ source, windows }) => source.siteId === siteId && windows.length > 0);
    const sums = new Map<number, { sum: number; count: number }>();
    for (const { source, windows } of parts) {
      for (const { start, average } of windows) {
        if (average == null) continue;
        const time = Date.parse(start);
        const before = sums.get(time) ?? { sum: 0, count: 0 };
        sums.set(time, { sum: before.sum + average * source.factor, count: before.count + 1 });
      }
    }
    const times = [...sums.keys()].sort((one, other) => one - other);
    const valueAt = (time: number) => { const at = sums.get(time); return at && at.count === parts.length ? at.sum : NaN; };
    return { siteId, times: Float64Array.from(times), values: Float64Array.from(times, valueAt) };
  });
}
