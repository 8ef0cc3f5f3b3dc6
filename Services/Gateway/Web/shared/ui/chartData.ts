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

/** A longer pause than this (milliseconds) is a gap: three times the usual distance. */
function gapOf(times: Float64Array): number {
  // The median of about 50 distances: a few pauses do not change it.
  const stride = Math.max(1, Math.floor(times.length / 50));
  const distances: number[] = [];
  for (let index = 1; index < times.length; index += stride) distances.push(times[index]! - times[index - 1]!);
  distances.sort((one, other) => one - other);
  return 3 * (distances[distances.length >> 1] ?? Infinity);
}

/** The index of the point nearest to a time, if it is not further than a gap. */
export function nearest({ times, values }: ChartSeries, time: number): number | undefined {
  const after = lowerBound(times, time);
  const distance = (index: number) => Math.abs((times[index] ?? Infinity) - time);
  const index = distance(after - 1) <= distance(after) ? after - 1 : after;
  return distance(index) <= gapOf(times) && Number.isFinite(values[index]) ? index : undefined;
}

/** What is drawn of a line: its points, or where there are more of them the least and greatest of every column of pixels. */
export interface Spans {
  times: number[];
  low: number[];
  high: number[];
  /** The line begins anew, since there is a gap before. */
  starts: boolean[];
  isDense: boolean;
}

/** No spike is lost, and the effort of drawing does not depend on the points. */
export function spansOf(times: Float64Array, low: Float64Array, high: Float64Array, { from, to }: View, width: number): Spans {
  // One more on each side, so that lines run on to the edges.
  const begin = Math.max(0, lowerBound(times, from) - 1);
  const end = Math.min(times.length, lowerBound(times, to) + 1);
  const spans: Spans = { times: [], low: [], high: [], starts: [], isDense: end - begin > 2 * width };
  const [gap, perTime] = [gapOf(times), width / (to - from)];
  let last = -1, column = NaN, before = -Infinity;
  for (let index = begin; index < end; index += 1) {
    const time = times[index]!, least = low[index]!, greatest = high[index]!;
    const starts = time - before > gap;
    before = Number.isNaN(least) ? -Infinity : time;
    if (Number.isNaN(least)) continue;
    const here = spans.isDense ? Math.floor((time - from) * perTime) : index;
    if (here !== column || starts) {
      column = here;
      last = spans.times.push(time) - 1;
      spans.low.push(least);
      spans.high.push(greatest);
      spans.starts.push(starts);
    } else {
      if (least < spans.low[last]!) spans.low[last] = least;
      if (greatest > spans.high[last]!) spans.high[last] = greatest;
    }
  }
  return spans;
}
