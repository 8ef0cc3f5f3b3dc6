import { useEffect, useMemo, useState } from "react";
import { useMay } from "../../../shared/session/session";
import { instantOf, wallOf } from "../../../shared/ui/zones";
import { useSites, useZones, type Scope } from "../../places";
import { useNow } from "../asset/useNow";
import { lastPower, sumsOfPower, type PowerValue } from "./power";

const minute = 60_000;
const window = 15 * minute;
const day = 24 * 60 * minute;
/** A site that has sent nothing for so long is silent: three times what slow loggers take. */
export const silentAfter = 30 * minute;

export interface PowerNow {
  /** Sites that measure power; of these, those that produce now, and those from which nothing has come for a while. */
  sites: number;
  producing: number;
  silent: ReadonlySet<string>;
  /** In kW, of what has sent something lately; `null` if nothing has. */
  power: number | null;
  /** How many of the assets that measure power `power` is the sum of. */
  heard: number;
  assets: number;
  /** The newest reading. */
  last: number | null;
}

/** How much is produced now, told every minute. `undefined` while it is not known, or may not be. */
export function usePowerNow({ query, key }: Scope): PowerNow | undefined {
  const may = useMay()("telemetry:read");
  const now = useNow(minute);
  const [read, setRead] = useState<{ key: string; values: PowerValue[] }>();
  useEffect(() => {
    if (!may || !query) return undefined;
    const abort = new AbortController();
    lastPower(query, abort.signal).then(
      (values) => setRead({ key, values }),
      // What was known grows old, and is silent in the end.
      () => undefined
    );
    return () => abort.abort();
  }, [key, now, may]);
  return useMemo(() => (read?.key === key ? summary(read.values, now) : undefined), [read, key, now]);
}

function summary(values: readonly PowerValue[], now: number): PowerNow {
  const sites = new Map<string, { power: number; heard: number }>();
  let heard = 0;
  let last = -Infinity;
  for (const { siteId, kilowatts, at } of values) {
    const site = sites.get(siteId) ?? { power: 0, heard: 0 };
    if (now - at < silentAfter) {
      site.power += kilowatts;
      site.heard += 1;
      heard += 1;
    }
    if (at > last) last = at;
    sites.set(siteId, site);
  }
  const all = [...sites.values()];
  return {
    sites: all.length,
    producing: all.filter((one) => one.power > 0).length,
    silent: new Set([...sites].filter(([, one]) => one.heard === 0).map(([id]) => id)),
    power: heard === 0 ? null : all.reduce((sum, one) => sum + one.power, 0),
    heard,
    assets: values.length,
    last: last === -Infinity ? null : last,
  };
}

/** The energy in kWh since midnight at each site, and the share of that time of which there are readings. */
export function useEnergyToday({ query, key }: Scope): { energy: number; share: number } | undefined {
  const sites = useSites();
  const zoneOf = useZones();
  const now = Math.floor(useNow(5 * minute) / window) * window;
  const [read, setRead] = useState<{ key: string; energy: number; share: number }>();
  useEffect(() => {
    if (!query) return undefined;
    const midnight = (siteId: string) => {
      const wall = wallOf(now, zoneOf(siteId));
      return instantOf(wall - (wall % day), zoneOf(siteId)).instant;
    };
    const abort = new AbortController();
    const from = Math.min(...(query.siteId ?? [...sites.keys(), ""]).map(midnight));
    // In the first quarter of an hour of a day there is nothing to ask for.
    const reading = from < now ? sumsOfPower(query, "15m", from, now, abort.signal) : Promise.resolve([]);
    reading.then(
      (found) => {
        let [energy, count, expected] = [0, 0, 0];
        for (const { siteId, assets, times, sums, counts } of found) {
          const start = midnight(siteId);
          expected += (assets * (now - start)) / window;
          times.forEach((time, index) => {
            if (time < start) return;
            energy += ((sums[index] ?? 0) * window) / (60 * minute);
            count += counts[index] ?? 0;
          });
        }
        setRead({ key, energy, share: expected === 0 ? 0 : Math.min(1, count / expected) });
      },
      () => undefined
    );
    return () => abort.abort();
  }, [key, sites, now, zoneOf]);
  return read?.key === key ? read : undefined;
}
