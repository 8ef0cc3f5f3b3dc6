import type { Columns } from "./chartColumns";
import type { ChartSeries, ChartThreshold, Plot, View } from "./chartTypes";
import { instantOf, wallOf } from "./zones";

export interface Axis {
  unit: string;
  low: number;
  high: number;
  ticks: number[];
  digits: number;
}

/** Round steps: 1, 2 or 5 times a power of ten, about one for every 48 pixels. */
export function axisOf(unit: string, least: number, greatest: number, height: number): Axis {
  if (least > greatest) [least, greatest] = [0, 1];
  // A scale from zero tells the size; one that starts higher shows small movements of a large value.
  if (least > 0 && least < greatest * 0.4) least = 0;
  if (least === greatest) [least, greatest] = [least - (Math.abs(least) * 0.1 || 1), greatest + (Math.abs(greatest) * 0.1 || 1)];
  const rough = (greatest - least) / Math.max(2, Math.floor(height / 48));
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5].find((factor) => factor * power >= rough) ?? 10);
  const low = Math.floor(least / step + 1e-9) * step;
  const high = Math.ceil(greatest / step - 1e-9) * step;
  const ticks = Array.from({ length: Math.round((high - low) / step) + 1 }, (_, index) => low + index * step);
  return { unit, low, high, ticks, digits: Math.max(0, -Math.floor(Math.log10(step) + 1e-9)) };
}

/** The scale of each unit. The first two have an axis; further ones use their own scale, and their values are read at the cursor. */
export function axesOf(series: readonly ChartSeries[], columns: readonly Columns[], thresholds: readonly ChartThreshold[], height: number): Map<string, Axis> {
  const spans = new Map<string, [number, number]>();
  series.forEach(({ unit }, index) => {
    const [least, greatest] = spans.get(unit) ?? [Infinity, -Infinity];
    spans.set(unit, [Math.min(least, columns[index]!.least), Math.max(greatest, columns[index]!.greatest)]);
  });
  for (const { unit, value } of thresholds) {
    const span = spans.get(unit);
    if (span) spans.set(unit, [Math.min(span[0], value), Math.max(span[1], value)]);
  }
  return new Map([...spans].map(([unit, [least, greatest]]) => [unit, axisOf(unit, least, greatest, height)]));
}

export const yOf = (value: number, axis: Axis, plot: Plot): number => plot.top + plot.height * (1 - (value - axis.low) / (axis.high - axis.low));
export const xOf = (time: number, view: View, plot: Plot): number => plot.left + ((time - view.from) / (view.to - view.from)) * plot.width;
export const timeAt = (x: number, view: View, plot: Plot): number => view.from + ((x - plot.left) / plot.width) * (view.to - view.from);

const minute = 60_000, hour = 60 * minute, day = 24 * hour;
const steps = [1, 2, 5, 10, 15, 30].map((count) => count * 1000)
  .concat([1, 2, 5, 10, 15, 30].map((count) => count * minute), [1, 2, 3, 6, 12].map((count) => count * hour), [1, 2, 4, 7, 14].map((count) => count * day));
const months = [1, 2, 3, 6, 12, 24, 60, 120];

export interface TimeTick { at: number; kind: "second" | "time" | "day" | "month" | "year" }

/** Ticks at round times of the zone's wall clock: midnight is midnight, also on the days on which the clock is changed. */
export function timeTicks({ from, to }: View, zone: string, width: number): TimeTick[] {
  const rough = (to - from) / Math.max(2, Math.round(width / 80));
  const begin = wallOf(from, zone);
  const end = wallOf(to, zone);
  const step = steps.find((candidate) => candidate >= rough * 0.85);
  const ticks: TimeTick[] = [];
  const add = (wall: number, kind: TimeTick["kind"]) => {
    const { instant, second, kind: found } = instantOf(wall, zone);
    // A time that the clock skips is not on the axis; one that comes twice is there twice.
    for (const at of found === "gap" ? [] : [instant, second]) if (at !== undefined && at >= from && at <= to) ticks.push({ at, kind });
  };
  if (step !== undefined) {
    for (let wall = Math.floor(begin / step) * step - step; wall <= end + hour; wall += step) {
      add(wall, wall % day === 0 ? "day" : step < minute ? "second" : "time");
    }
  } else {
    const every = months.find((count) => count * 30.4 * day >= rough) ?? 240;
    const start = new Date(begin);
    for (let month = Math.floor((start.getUTCFullYear() * 12 + start.getUTCMonth()) / every) * every; ; month += every) {
      const wall = Date.UTC(Math.floor(month / 12), month % 12, 1);
      if (wall > end) break;
      add(wall, month % 12 === 0 ? "year" : "month");
    }
  }
  return ticks;
}
