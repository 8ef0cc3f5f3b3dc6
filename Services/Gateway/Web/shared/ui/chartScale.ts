import type { DrawnLine } from "./chartPaint";
import type { ChartThreshold, Plot, View } from "./chartTypes";
import { instantOf, wallOf } from "./zones";

export interface Axis {
  unit: string;
  low: number;
  high: number;
  ticks: number[];
  digits: number;
}

/** Round steps: 1, 2 or 5 times a power of ten, about one for every 48 pixels. */
function axisOf(unit: string, least: number, greatest: number, height: number): Axis {
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
export function axesOf(lines: readonly DrawnLine[], thresholds: readonly ChartThreshold[], height: number): Map<string, Axis> {
  const axes = new Map<string, Axis>();
  for (const unit of new Set(lines.map(({ series }) => series.unit))) {
    const values = thresholds.filter((one) => one.unit === unit).map(({ value }) => value);
    let least = Math.min(...values);
    let greatest = Math.max(...values);
    for (const { line, band = line } of lines.filter(({ series }) => series.unit === unit)) {
      for (const value of band.low) least = Math.min(least, value);
      for (const value of band.high) greatest = Math.max(greatest, value);
    }
    axes.set(unit, axisOf(unit, least, greatest, height));
  }
  return axes;
}

export const yOf = (value: number, axis: Axis, plot: Plot): number => plot.top + plot.height * (1 - (value - axis.low) / (axis.high - axis.low));
export const xOf = (time: number, view: View, plot: Plot): number => plot.left + ((time - view.from) / (view.to - view.from)) * plot.width;
export const timeAt = (x: number, view: View, plot: Plot): number => view.from + ((x - plot.left) / plot.width) * (view.to - view.from);

const second = 1_000, minute = 60 * second, hour = 60 * minute, day = 24 * hour;
const few = [1, 2, 5, 10, 15, 30];
const steps = [...few.map((count) => count * second), ...few.map((count) => count * minute), ...[1, 2, 3, 6, 12, 24, 48, 96, 168, 336].map((count) => count * hour)];
const months = [1, 2, 3, 6, 12, 24, 60, 120];

interface TimeTick { at: number; format: Intl.DateTimeFormatOptions }

/** Ticks at round times of the zone's wall clock: midnight is midnight, also on the days on which the clock is changed. */
export function timeTicks({ from, to }: View, zone: string, width: number): TimeTick[] {
  const rough = (to - from) / Math.max(2, Math.round(width / 80));
  const begin = wallOf(from, zone);
  const end = wallOf(to, zone);
  const ticks: TimeTick[] = [];
  const add = (wall: number, format: TimeTick["format"]) => {
    const { instant, second: again, kind } = instantOf(wall, zone);
    // A time that the clock skips is not on the axis; one that comes twice is there twice.
    for (const at of kind === "gap" ? [] : [instant, again]) if (at !== undefined && at >= from && at <= to) ticks.push({ at, format });
  };
  const step = steps.find((candidate) => candidate >= rough * 0.85);
  if (step !== undefined) {
    for (let wall = Math.floor(begin / step) * step - step; wall <= end + hour; wall += step) {
      add(wall, wall % day === 0 ? { day: "numeric", month: "short" } : { timeStyle: step < minute ? "medium" : "short" });
    }
    return ticks;
  }
  const every = months.find((count) => count * 30.4 * day >= rough) ?? 240;
  const start = new Date(begin);
  for (let month = Math.floor((start.getUTCFullYear() * 12 + start.getUTCMonth()) / every) * every; ; month += every) {
    const wall = Date.UTC(Math.floor(month / 12), month % 12, 1);
    if (wall > end) return ticks;
    add(wall, month % 12 === 0 ? { year: "numeric" } : { month: "short" });
  }
}
