import { useEffect, useMemo, useState } from "react";
import type { AssetResponse, SensorResponse } from "generated/api";
import { call } from "../../../shared/api/call";
import { useWhole } from "../../../shared/data/useWhole";
import { useMay } from "../../../shared/session/session";
import { useAssets } from "../../places";

/** More assets than this are the work of a service, not of a page. */
const most = 24;
/** So many are looked through for those that measure power. */
const mostSensors = 2_000;
const none: ReadonlyMap<string, AssetResponse> = new Map();
const perWatt: Record<string, number> = { W: 0.001, kW: 1, MW: 1_000 };
const isPower = ({ tag, unit }: SensorResponse): boolean => unit in perWatt && /(^|_)(active|ac)_?power$/.test(tag);

/** Something that measures the power of an asset; `factor` makes kilowatts of it. */
export interface PowerSource { assetId: string; siteId: string; tag: string; factor: number }

/**
 * What measures power at a site, or at all of them.
 *
 * @returns `undefined` while it is not known; `null` if nobody may know it; "much" if there is too much of it.
 */
export function usePowerSources(site: string): PowerSource[] | null | undefined | "much" {
  const may = useMay();
  const isPermitted = may("telemetry:read") && may("sensor:read") && may("asset:read");
  const sensors = useWhole("GET /api/v1/sensors", isPermitted ? { query: { limit: 200 } } : null, mostSensors);
  const all = useAssets();
  // A site's own list, if the list of all assets has an end before them all.
  const ofSite = useWhole("GET /api/v1/assets", isPermitted && site !== "" && all.isCut ? { query: { limit: 200, siteId: site } } : null, mostSensors);
  const power = useMemo(() => (sensors.data?.items ?? []).filter(isPower), [sensors.data]);
  const listed = useMemo(() => new Map([...all.byId, ...(ofSite.data?.items ?? []).map((asset) => [asset.id, asset] as const)]), [all.byId, ofSite.data]);
  const missing = sensors.isWhole && all.isCut && site === "" ? [...new Set(power.flatMap(({ assetId }) => (listed.has(assetId) ? [] : [assetId])))].sort() : [];
  // Nobody counts what is too many anyway.
  const others = useEach(missing.length > most ? "" : missing.join(" "));
  const isKnown = sensors.isWhole && (all.isWhole || (all.isCut && (site === "" ? others !== undefined : ofSite.isWhole)));
  const key = useMemo(() => {
    const sources = power.flatMap((sensor): PowerSource[] => {
      const asset = listed.get(sensor.assetId) ?? others?.get(sensor.assetId);
      if (!asset || asset.status === "decommissioned" || (site !== "" && asset.siteId !== site)) return [];
      return [{ assetId: asset.id, siteId: asset.siteId, tag: sensor.tag, factor: perWatt[sensor.unit] ?? 1 }];
    });
    return sources.length <= most ? JSON.stringify(sources) : null;
  }, [power, listed, others, site]);
  // The same sources are the same list, so that nothing is read again for them.
  const sources = useMemo(() => (key === null ? null : (JSON.parse(key) as PowerSource[])), [key]);
  if (!isPermitted) return null;
  if (sources === null || sensors.isCut || ofSite.isCut || missing.length > most) return "much";
  return isKnown ? sources : undefined;
}

/** These assets, a read for each; `undefined` until they have come. */
function useEach(ids: string): ReadonlyMap<string, AssetResponse> | undefined {
  const [read, setRead] = useState<{ ids: string; assets: ReadonlyMap<string, AssetResponse> }>();
  useEffect(() => {
    if (ids === "") return;
    const abort = new AbortController();
    // One that is gone, or not to be seen, measures nothing here.
    const one = (id: string) => call("GET /api/v1/assets/{id}", { path: { id } }, { signal: abort.signal }).then((asset) => [asset], () => []);
    void Promise.all(ids.split(" ").map(one)).then((found) => {
      if (!abort.signal.aborted) setRead({ ids, assets: new Map(found.flat().map((asset) => [asset.id, asset])) });
    });
    return () => abort.abort();
  }, [ids]);
  return ids === "" ? none : read?.ids === ids ? read.assets : undefined;
}
