import { gapOf, lowerBound } from "./chartData";
import type { ChartSeries, View } from "./chartTypes";

type Numbers = Float64Array | Float32Array;

/** A series as it is drawn: one entry for each point, or for each column of pixels where there are more points than that. */
export interface Columns {
  count: number;
  /** An entry is a column of pixels. */
  isDense: boolean;
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

/** What is read: the points, or blocks of them. */
interface Source {
  times: Float64Array;
  first: Numbers;
  low: Numbers;
  high: Numbers;
  last: Numbers;
  bandLow: Numbers;
  bandHigh: Numbers;
  /** 1: there is a gap before or in it. */
  breaks: Uint8Array;
}

interface Sources { points: Source; blocks?: Source }

const size = 32;
const sources = /* @__PURE__ */ new WeakMap<Numbers, Sources>();

function sourceOf(series: ChartSeries, begin: number, end: number, width: number): { source: Source; scale: number } {
  let known = sources.get(series.values);
  if (!known) sources.set(series.values, (known = { points: pointsOf(series) }));
  // Blocks serve as long as each column of pixels has several of them.
  if (end - begin < width * size * 2) return { source: known.points, scale: 1 };
  known.blocks ??= blocksOf(known.points);
  return { source: known.blocks, scale: size };
}

function pointsOf(series: ChartSeries): Source {
  const { times, values, low = values, high = values } = series;
  const gap = gapOf(series);
  const breaks = new Uint8Array(times.length);
  let before = -Infinity;
  for (let index = 0; index < times.length; index += 1) {
    if (Number.isNaN(values[index]!)) before = -Infinity;
    else {
      if (times[index]! - before > gap) breaks[index] = 1;
      before = times[index]!;
    }
  }
  return { times, first: values, low: values, high: values, last: values, bandLow: low, bandHigh: high, breaks };
}

/** Blocks of points with their least and greatest, so that long times need not read every point on every frame. */
function blocksOf({ times, first: values, bandLow, bandHigh, breaks }: Source): Source {
  const count = Math.ceil(times.length / size);
  const made = () => new Float64Array(count).fill(NaN);
  const blocks: Source = { times: made(), first: made(), low: made(), high: made(), last: made(), bandLow: made(), bandHigh: made(), breaks: new Uint8Array(count) };
  for (let index = 0; index < times.length; index += 1) {
    const block = Math.floor(index / size);
    const value = values[index]!;
    if (index % size === 0) blocks.times[block] = times[index]!;
    if (Number.isNaN(value)) continue;
    if (breaks[index]) blocks.breaks[block] = 1;
    if (Number.isNaN(blocks.first[block]!)) {
      blocks.first[block] = blocks.low[block] = blocks.high[block] = value;
      blocks.bandLow[block] = bandLow[index]!;
      blocks.bandHigh[block] = bandHigh[index]!;
    } else {
      if (value < blocks.low[block]!) blocks.low[block] = value;
      if (value > blocks.high[block]!) blocks.high[block] = value;
      if (bandLow[index]! < blocks.bandLow[block]!) blocks.bandLow[block] = bandLow[index]!;
      if (bandHigh[index]! > blocks.bandHigh[block]!) blocks.bandHigh[block] = bandHigh[index]!;
    }
    blocks.last[block] = value;
  }
  return blocks;
}

/** Least and greatest value of every column of pixels: no spike is lost, and the effort of drawing does not depend on the points. */
export function reduce(series: ChartSeries, { from, to }: View, width: number): Columns {
  // One more on each side, so that lines run on to the edges.
  const points = [lowerBound(series.times, from) - 1, lowerBound(series.times, to) + 1] as const;
  const { source, scale } = sourceOf(series, points[0], points[1], width);
  const begin = Math.max(0, Math.floor(points[0] / scale));
  const end = Math.min(source.times.length, Math.ceil(points[1] / scale));
  const isDense = end - begin > 2 * width;
  const capacity = Math.max(0, isDense ? Math.ceil(width) + 4 : end - begin);
  const made = () => new Float64Array(capacity);
  const into: Columns = {
    count: 0, isDense, x: new Float32Array(capacity), starts: new Uint8Array(capacity),
    first: made(), low: made(), high: made(), last: made(), bandLow: made(), bandHigh: made(), least: Infinity, greatest: -Infinity,
  };
  const perTime = width / (to - from);
  let at = -1, column = NaN, isBroken = true;
  for (let index = begin; index < end; index += 1) {
    const low = source.low[index]!;
    if (source.breaks[index] || Number.isNaN(low)) isBroken = true;
    if (Number.isNaN(low)) continue;
    const time = source.times[index]!;
    const place = (time - from) * perTime;
    const here = isDense ? Math.max(-1, Math.min(Math.ceil(width), Math.floor(place))) : index;
    const high = source.high[index]!, bandLow = source.bandLow[index]!, bandHigh = source.bandHigh[index]!;
    if (here !== column) {
      at += 1;
      column = here;
      into.x[at] = isDense ? here : place;
      into.starts[at] = isBroken ? 1 : 0;
      into.first[at] = source.first[index]!;
      into.low[at] = low;
      into.high[at] = high;
      into.bandLow[at] = bandLow;
      into.bandHigh[at] = bandHigh;
    } else {
      if (low < into.low[at]!) into.low[at] = low;
      if (high > into.high[at]!) into.high[at] = high;
      if (bandLow < into.bandLow[at]!) into.bandLow[at] = bandLow;
      if (bandHigh > into.bandHigh[at]!) into.bandHigh[at] = bandHigh;
    }
    into.last[at] = source.last[index]!;
    isBroken = false;
    if (time >= from && time <= to) {
      if (bandLow < into.least) into.least = bandLow;
      if (bandHigh > into.greatest) into.greatest = bandHigh;
    }
  }
  into.count = at + 1;
  return into;
}
