import type { ChartSeries } from "./chartTypes";

/** The first index whose time is not before the given one. */
export function lowerBound(times: Float64Array, time: number): number {
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (times[middle]! < time) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The index of the point nearest to a time, if it is not further than the series' gap. */
export function nearest(series: ChartSeries, time: number): number | undefined {
  const { times, values } = series;
  const after = lowerBound(times, time);
  const before = after - 1;
  const index = after >= times.length || (before >= 0 && time - times[before]! <= times[after]! - time) ? before : after;
  if (index < 0 || Number.isNaN(values[index]!)) return undefined;
  return Math.abs(times[index]! - time) <= gapOf(series) ? index : undefined;
}

const gaps = /* @__PURE__ */ new WeakMap<Float64Array, number>();

export function gapOf({ times, gap }: ChartSeries): number {
  if (gap !== undefined) return gap;
  let usual = gaps.get(times);
  if (usual === undefined) {
    // The median of up to 500 distances: a few pauses do not change it.
    const stride = Math.max(1, Math.floor(times.length / 500));
    const distances: number[] = [];
    for (let index = 1; index < times.length; index += stride) distances.push(times[index]! - times[index - 1]!);
    distances.sort((one, other) => one - other);
    usual = 3 * (distances[distances.length >> 1] ?? Infinity);
    gaps.set(times, usual);
  }
  return usual;
}
