import { nearest } from "./chartData";
import type { ChartMark, ChartSeries } from "./chartTypes";

export interface ShownValue { key: string; name: string; shown: string }

export function valuesAt(series: readonly ChartSeries[], time: number, number: (value: number) => string, none: string): ShownValue[] {
  return series.map((one) => {
    const index = nearest(one, time);
    if (index === undefined) return { key: one.key, name: one.name, shown: none };
    const band = one.low && one.high ? ` (${number(one.low[index]!)} – ${number(one.high[index]!)})` : "";
    return { key: one.key, name: one.name, shown: `${number(one.values[index]!)}\u00a0${one.unit}${band}` };
  });
}

interface ChartTooltipProps {
  x: number;
  width: number;
  title: string;
  values: readonly ShownValue[];
  colours: readonly number[];
  mark: ChartMark | undefined;
}

/** The values at the cursor, on the side that has more room. Screen readers have them from the slider. */
export function ChartTooltip({ x, width, title, values, colours, mark }: ChartTooltipProps) {
  const isAtEnd = x > width / 2;
  return (
    <div className="ui-chart-tooltip" aria-hidden="true" style={isAtEnd ? { right: width - x + 12 } : { left: x + 12 }}>
      <div className="ui-chart-tooltip-title">{title}</div>
      {mark && <div className={`ui-chart-tooltip-mark ui-tone-${mark.tone}`}>{mark.label}</div>}
      {values.map((value, index) => (
        <div key={value.key} className="ui-chart-tooltip-row">
          <span className={`ui-chart-swatch ui-chart-colour-${((colours[index] ?? 0) % 8) + 1}`} />
          <span className="truncate">{value.name}</span>
          <span className="ui-chart-tooltip-value">{value.shown}</span>
        </div>
      ))}
    </div>
  );
}
