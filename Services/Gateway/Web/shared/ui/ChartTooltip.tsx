import type { useText } from "../localization";
import type { Format } from "../localization/format";
import { nearest } from "./chartData";
import type { DrawnLine } from "./chartPaint";
import type { ChartMark } from "./chartTypes";

interface ShownValue { key: string; name: string; colour: number; shown: string }

export function valuesAt(lines: readonly DrawnLine[], time: number, { number }: Format, text: ReturnType<typeof useText>): ShownValue[] {
  return lines.map(({ series, colour }) => {
    const { key, name, unit, digits = 2, values, low, high } = series;
    const written = (value: number) => number(value, { maximumFractionDigits: digits });
    const index = nearest(series, time);
    if (index === undefined) return { key, name, colour, shown: text("ui.chart.noValue") };
    const band = low && high ? ` (${written(low[index]!)} – ${written(high[index]!)})` : "";
    return { key, name, colour, shown: `${written(values[index]!)}\u00a0${unit}${band}` };
  });
}

interface ChartTooltipProps {
  x: number;
  width: number;
  title: string;
  values: readonly ShownValue[];
  mark: ChartMark | undefined;
}

/** The values at the cursor, on the side that has more room. Screen readers have them from the slider. */
export function ChartTooltip({ x, width, title, values, mark }: ChartTooltipProps) {
  return (
    <div className="ui-chart-tooltip" aria-hidden="true" style={x > width / 2 ? { right: width - x + 12 } : { left: x + 12 }}>
      <div className="ui-chart-tooltip-title"><bdi>{title}</bdi></div>
      {mark && <div className={`ui-chart-tooltip-mark ui-tone-${mark.tone}`}><bdi>{mark.label}</bdi></div>}
      {values.map(({ key, name, colour, shown }) => (
        <div key={key} className="ui-chart-tooltip-row">
          <span className={`ui-chart-swatch ui-chart-colour-${colour}`} />
          <span className="truncate">{name}</span>
          <span className="ui-chart-tooltip-value">{shown}</span>
        </div>
      ))}
    </div>
  );
}
