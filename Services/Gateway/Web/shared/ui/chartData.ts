import type { ChartSeries, View } from "./chartTypes";

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

/** A series as it is drawn: one entry for each point, or for each column of pixels where there are more points than that. */
export interface Columns {
  count: number;
  x: Float32Array;
  first: Float64Array;
  low: Float64Array;
  high: Float64Array;
  last: Float64Array;
  bandLow: Float64Array;
  bandHigh: Float64Array;
  /** 1: the line begins anew, since there is a gap before. */
  starts: Uint8Array;
  least: number;
  greatest: number;
}

/** Least and greatest value of every column of pixels: no spike is lost, and the effort of drawing does not depend on the points. */
export function reduce(series: ChartSeries, { from, to }: View, width: number): Columns {
  const { times, values, low: lows, high: highs } = series;
  // One point more on each side, so that lines run on to the edges.
  const begin = Math.max(0, lowerBound(times, from) - 1);
  const end = Math.min(times.length, lowerBound(times, to) + 1);
  const isDense = end - begin > 2 * width;
  const capacity = isDense ? Math.ceil(width) + 4 : end - begin;
  const made = (): Float64Array => new Float64Array(capacity);
  const x = new Float32Array(capacity);
  const first = made(), low = made(), high = made(), last = made(), bandLow = made(), bandHigh = made();
  const starts = new Uint8Array(capacity);
  const scale = width / (to - from);
  const gap = gapOf(series);
  let least = Infinity, greatest = -Infinity, at = -1, column = NaN, before = -Infinity, isBroken = true;
  for (let index = begin; index < end; index += 1) {
    const value = values[index]!;
    if (value !== value) { isBroken = true; continue; }
    const time = times[index]!;
    if (time - before > gap) isBroken = true;
    before = time;
    const place = (time - from) * scale;
    const here = isDense ? Math.max(-1, Math.min(Math.ceil(width), Math.floor(place))) : index;
    const bottom = lows ? lows[index]! : value;
    const top = highs ? highs[index]! : value;
    if (here !== column) {
      at += 1;
      column = here;
      x[at] = isDense ? here + 0.5 : place;
      first[at] = low[at] = high[at] = last[at] = value;
      bandLow[at] = bottom;
      bandHigh[at] = top;
      starts[at] = isBroken ? 1 : 0;
    } else {
      if (value < low[at]!) low[at] = value;
      if (value > high[at]!) high[at] = value;
      last[at] = value;
      if (bottom < bandLow[at]!) bandLow[at] = bottom;
      if (top > bandHigh[at]!) bandHigh[at] = top;
    }
    isBroken = false;
    if (time >= from && time <= to) {
      if (bottom < least) least = bottom;
      if (top > greatest) greatest = top;
    }
  }
  return { count: at + 1, x, first, low, high, last, bandLow, bandHigh, starts, least, greatest };
}
