import { unitFor, type Units } from "../localization/units";
import type { ChartSeries, ChartThreshold } from "./chartTypes";

/** The lines in the units of the reader. One whose unit stays is the same object. */
export function seriesIn(units: Units, series: readonly ChartSeries[]): readonly ChartSeries[] {
  if (units === "metric") return series;
  return series.map((one) => {
    const { text, of, finer } = unitFor(one.unit, units);
    if (text === one.unit) return one;
    const { values, low, high } = one;
    return { ...one, unit: text, digits: 2 + finer, values: values.map(of), ...(low && { low: low.map(of) }), ...(high && { high: high.map(of) }) };
  });
}

export function thresholdsIn(units: Units, thresholds: readonly ChartThreshold[]): readonly ChartThreshold[] {
  if (units === "metric") return thresholds;
  return thresholds.map((one) => {
    const { text, of } = unitFor(one.unit, units);
    return { ...one, unit: text, value: of(one.value) };
  });
}
