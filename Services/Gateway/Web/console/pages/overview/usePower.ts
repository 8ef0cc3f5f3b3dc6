import { useEffect, useMemo, useState } from "react";
import type { SensorResponse, TelemetryWindow } from "generated/api";
import { call } from "../../../shared/api/call";
import { useWhole } from "../../../shared/data/useWhole";
import { useMay } from "../../../shared/session/session";
import { useAssets } from "../../places";

export const ranges = { "24h": { hours: 24, interval: "15m" }, "7d": { hours: 7 * 24, interval: "1h" } } as const;
export type PowerRange = keyof typeof ranges;

/** More assets than this are the work of a service, not of a page. */
const most = 24;
const perWatt: Record<string, number> = { W: 0.001, kW: 1, MW: 1_000 };
const isPower = ({ tag, unit }: SensorResponse): boolean => unit in perWatt && /(^|_)(active|ac)_?power$/.test(tag);
const hour = 3_600_000;

interface Source { assetId: string; siteId: string; tag: string; factor: number }
export interface SitePower { siteId: string; times: Float64Array; values: Float64Array }

/**
 * The power of each site in kW: the sum of its assets' averages. A moment at which one of them has sent nothing is a gap.
 *
 * @returns `null` if nobody may know it, nothing measures it, or there is too much of it.
 */
export function usePower(site: string, range: PowerRange): { power: SitePower[] | undefined; from: number; to: number } | null {
  const may = useMay();
  const isPermitted = may("telemetry:read") && may("sensor:read") && may("asset:read");
  const { data, isWhole } = useWhole("GET /api/v1/sensors", isPermitted ? { query: { limit: 200 } } : null, 2_000);
  const { byId } = useAssets();
  const key = useMemo(() => {
    const sources = (data?.items ?? []).filter(isPower).flatMap((sensor): Source[] => {
      const asset = byId.get(sensor.assetId);
      if (!asset || (site !== "" && asset.siteId !== site)) return [];
      return [{ assetId: asset.id, siteId: asset.siteId, tag: sensor.tag, factor: perWatt[sensor.unit] ?? 1 }];
    });
    return isWhole && sources.length > 0 && sources.length <= most ? JSON.stringify(sources) : null;
  }, [data, byId, isWhole, site]);
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 5 * 60_000);
    return () => clearInterval(timer);
  }, []);
  const { hours, interval } = ranges[range];
  const to = Math.ceil(now / hour) * hour;
  const from = to - hours * hour;
  const [power, setPower] = useState<SitePower[]>();
  useEffect(() => {
    if (key === null) return;
    const abort = new AbortController();
    const query = { interval, from: new Date(from).toISOString(), to: new Date(to).toISOString(), limit: 200 };
    const read = async (source: Source) => {
      const { items } = await call("GET /api/v1/assets/{id}/telemetry", { path: { id: source.assetId }, query: { ...query, tag: source.tag } }, { signal: abort.signal });
      return { source, windows: items as TelemetryWindow[] };
    };
    Promise.all((JSON.parse(key) as Source[]).map(read)).then(
      (found) => setPower(summed(found)),
      // The rest of the page does not depend on it, and the next round comes soon.
      () => undefined
    );
    return () => abort.abort();
  }, [key, from, to, interval]);
  return key === null ? null : { power, from, to };
}

function summed(found: { source: Source; windows: TelemetryWindow[] }[]): SitePower[] {
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
