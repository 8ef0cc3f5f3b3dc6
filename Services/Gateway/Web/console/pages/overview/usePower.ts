import { useEffect, useState } from "react";
import type { Scope } from "../../places";
import { useNow } from "../asset/useNow";
import { sumsOfPower, type SitePower } from "./power";

export const ranges = { "24h": { hours: 24, interval: "15m" }, "7d": { hours: 7 * 24, interval: "1h" } } as const;
export type PowerRange = keyof typeof ranges;

const hour = 3_600_000;
/** More lines than this tell nothing apart. */
const mostLines = 8;

/** `siteId` is empty for all of them together. */
export interface PowerLine { siteId: string; times: Float64Array; values: Float64Array }

/**
 * The power of each site in kW, or of all together if they are many. A moment at which an asset has sent nothing is a gap.
 *
 * @returns `null` while it is not known, and if nothing measures it; `lines` is `undefined` until those of this range have come.
 */
export function usePower({ query, key }: Scope, range: PowerRange): { lines: PowerLine[] | undefined; from: number; to: number } | null {
  const now = useNow(5 * 60_000);
  const { hours, interval } = ranges[range];
  const to = Math.ceil(now / hour) * hour;
  const from = to - hours * hour;
  const [read, setRead] = useState<{ key: string; range: PowerRange; lines: PowerLine[] }>();
  useEffect(() => {
    if (!query) return undefined;
    const abort = new AbortController();
    sumsOfPower(query, interval, from, to, abort.signal).then(
      (sites) => setRead({ key, range, lines: sites.length > mostLines ? [together(sites)] : sites.map(lineOf) }),
      // The rest of the page does not depend on it, and the next round comes soon.
      () => undefined
    );
    return () => abort.abort();
  }, [key, range, interval, from, to]);
  if (read?.key !== key || read.lines.length === 0) return null;
  return { lines: read.range === range ? read.lines : undefined, from, to };
}

function lineOf({ siteId, times, sums, counts, heard }: SitePower): PowerLine {
  return { siteId, times: Float64Array.from(times), values: Float64Array.from(sums, (sum, index) => ((counts[index] ?? 0) >= heard ? sum : NaN)) };
}

/** What all sites produce. A moment at which one of those that have sent anything is not whole is a gap. */
function together(sites: readonly SitePower[]): PowerLine {
  const heard = sites.filter(({ times }) => times.length > 0).map(lineOf);
  const sums = new Map<number, { sum: number; count: number }>();
  for (const { times, values } of heard) {
    times.forEach((time, index) => {
      const before = sums.get(time) ?? { sum: 0, count: 0 };
      sums.set(time, { sum: before.sum + (values[index] ?? NaN), count: before.count + 1 });
    });
  }
  const all = [...sums].sort(([one], [other]) => one - other);
  return { siteId: "", times: Float64Array.from(all, ([time]) => time), values: Float64Array.from(all, ([, { sum, count }]) => (count === heard.length ? sum : NaN)) };
}
