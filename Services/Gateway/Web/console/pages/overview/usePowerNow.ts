import { useEffect, useState } from "react";
import { call } from "../../../shared/api/call";
import { instantOf, wallOf } from "../../../shared/ui/zones";
import { useZones } from "../../places";
import { useNow } from "../asset/useNow";
import { readWindows } from "./usePower";
import { usePowerSources, type PowerSource } from "./usePowerSources";

const minute = 60_000;
const window = 15 * minute;
const day = 24 * 60 * minute;
/** A site that has sent nothing for so long is silent: three times what slow loggers take. */
export const silentAfter = 30 * minute;

export interface PowerNow {
  /** Sites that measure power; of these, those that produce now, and those from which nothing has come for a while. */
  sites: number;
  producing: number;
  silent: number;
  /** In kW, of what has sent something lately; `null` if nothing has. */
  power: number | null;
  /** How many of the assets that measure power `power` is the sum of. */
  heard: number;
  assets: number;
  /** The newest reading. */
  last: number | null;
}

/** How much is produced now, told every minute. `undefined` while it is not known; `null` if nobody may know it; "much" if there is too much of it. */
export function usePowerNow(site: string): PowerNow | null | undefined | "much" {
  const sources = usePowerSources(site);
  const now = useNow(minute);
  const [read, setRead] = useState<{ sources: readonly PowerSource[]; values: Value[] }>();
  useEffect(() => {
    if (!Array.isArray(sources) || sources.length === 0) return;
    const abort = new AbortController();
    Promise.all(sources.map((source) => lastValue(source, abort.signal))).then(
      (values) => setRead({ sources, values }),
      // What was known grows old, and is silent in the end.
      () => undefined
    );
    return () => abort.abort();
  }, [sources, now]);
  if (!Array.isArray(sources)) return sources;
  if (sources.length === 0) return { sites: 0, producing: 0, silent: 0, power: null, heard: 0, assets: 0, last: null };
  return read?.sources === sources ? summary(sources, read.values, now) : undefined;
}

interface Value { kilowatts: number; at: number }

async function lastValue(source: PowerSource, signal: AbortSignal): Promise<Value> {
  const { items } = await call("GET /api/v1/assets/{id}/telemetry/latest", { path: { id: source.assetId } }, { signal });
  const found = items.find(({ tag }) => tag === source.tag);
  return found?.time && found.value != null ? { kilowatts: found.value * source.factor, at: Date.parse(found.time) } : { kilowatts: 0, at: NaN };
}

function summary(sources: readonly PowerSource[], values: readonly Value[], now: number): PowerNow {
  const sites = new Map<string, { power: number; heard: number }>();
  let heard = 0;
  sources.forEach(({ siteId }, index) => {
    const site = sites.get(siteId) ?? { power: 0, heard: 0 };
    const value = values[index];
    if (value && now - value.at < silentAfter) {
      site.power += value.kilowatts;
      site.heard += 1;
      heard += 1;
    }
    sites.set(siteId, site);
  });
  const all = [...sites.values()];
  const known = values.map(({ at }) => at).filter((at) => !Number.isNaN(at));
  return {
    sites: all.length,
    producing: all.filter((one) => one.power > 0).length,
    silent: all.filter((one) => one.heard === 0).length,
    power: heard === 0 ? null : all.reduce((sum, one) => sum + one.power, 0),
    heard,
    assets: sources.length,
    last: known.length === 0 ? null : Math.max(...known),
  };
}

/** The energy in kWh since midnight at each site, and the share of that time of which there are readings. */
export function useEnergyToday(site: string): { energy: number; share: number } | null | undefined | "much" {
  const sources = usePowerSources(site);
  const zoneOf = useZones();
  const now = Math.floor(useNow(5 * minute) / window) * window;
  const [read, setRead] = useState<{ sources: readonly PowerSource[]; energy: number; share: number }>();
  useEffect(() => {
    if (!Array.isArray(sources) || sources.length === 0) return;
    const abort = new AbortController();
    const midnight = ({ siteId }: PowerSource) => {
      const wall = wallOf(now, zoneOf(siteId));
      return instantOf(wall - (wall % day), zoneOf(siteId)).instant;
    };
    readWindows(sources, "15m", midnight, now, abort.signal).then(
      (found) => {
        const expected = found.reduce((sum, { source }) => sum + (now - midnight(source)) / window, 0);
        const known = found.map(({ source, windows }) => windows.flatMap(({ average }) => (average == null ? [] : [(average * source.factor) / 4])));
        const count = known.reduce((sum, one) => sum + one.length, 0);
        setRead({ sources, energy: known.flat().reduce((sum, one) => sum + one, 0), share: expected === 0 ? 0 : Math.min(1, count / expected) });
      },
      () => undefined
    );
    return () => abort.abort();
  }, [sources, now, zoneOf]);
  if (!Array.isArray(sources)) return sources;
  if (sources.length === 0) return { energy: 0, share: 0 };
  return read?.sources === sources ? read : undefined;
}
