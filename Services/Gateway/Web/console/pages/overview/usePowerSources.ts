import { useMemo } from "react";
import type { SensorResponse } from "generated/api";
import { useWhole } from "../../../shared/data/useWhole";
import { useMay } from "../../../shared/session/session";
import { useAssets } from "../../places";

/** More assets than this are the work of a service, not of a page. */
const most = 24;
const perWatt: Record<string, number> = { W: 0.001, kW: 1, MW: 1_000 };
const isPower = ({ tag, unit }: SensorResponse): boolean => unit in perWatt && /(^|_)(active|ac)_?power$/.test(tag);

/** Something that measures the power of an asset; `factor` makes kilowatts of it. */
export interface PowerSource { assetId: string; siteId: string; tag: string; factor: number }

/**
 * What measures power at a site, or at all of them.
 *
 * @returns `undefined` while it is not known; `null` if nobody may know it, or there is too much of it.
 */
export function usePowerSources(site: string): PowerSource[] | null | undefined {
  const may = useMay();
  const isPermitted = may("telemetry:read") && may("sensor:read") && may("asset:read");
  const { data, isWhole } = useWhole("GET /api/v1/sensors", isPermitted ? { query: { limit: 200 } } : null, 2_000);
  const assets = useAssets();
  const isKnown = isWhole && assets.isWhole;
  const key = useMemo(() => {
    const sources = (data?.items ?? []).filter(isPower).flatMap((sensor): PowerSource[] => {
      const asset = assets.byId.get(sensor.assetId);
      if (!asset || asset.status === "decommissioned" || (site !== "" && asset.siteId !== site)) return [];
      return [{ assetId: asset.id, siteId: asset.siteId, tag: sensor.tag, factor: perWatt[sensor.unit] ?? 1 }];
    });
    return sources.length <= most ? JSON.stringify(sources) : null;
  }, [data, assets.byId, site]);
  // The same sources are the same list, so that nothing is read again for them.
  const sources = useMemo(() => (key === null ? null : (JSON.parse(key) as PowerSource[])), [key]);
  if (!isPermitted) return null;
  return isKnown ? sources : undefined;
}
