import { useText } from "../localization";
import type { ChartSeries } from "./chartTypes";
import { classes } from "./classes";

interface ChartLegendProps {
  series: readonly ChartSeries[];
  hidden: readonly string[];
  setHidden: (hidden: readonly string[]) => void;
  setStrong: (key: string | undefined) => void;
}

/** Names of the lines. Pointing at one lifts it out, pressing hides it. */
export function ChartLegend({ series, hidden, setHidden, setStrong }: ChartLegendProps) {
  const text = useText();
  const toggle = (key: string) => setHidden(hidden.includes(key) ? hidden.filter((one) => one !== key) : [...hidden, key]);
  return (
    <div className="ui-chart-legend">
      {series.map((one, index) => (
        <button
          key={one.key}
          type="button"
          className={classes("ui-chart-name", hidden.includes(one.key) && "ui-chart-hidden")}
          aria-pressed={!hidden.includes(one.key)}
          title={text("ui.chart.show", { series: one.name })}
          onClick={() => toggle(one.key)}
          onPointerEnter={() => setStrong(one.key)} onPointerLeave={() => setStrong(undefined)}
          onFocus={() => setStrong(one.key)} onBlur={() => setStrong(undefined)}
        >
          <span className={`ui-chart-swatch ui-chart-colour-${(index % 8) + 1}`} />
          <span className="truncate">{one.name}</span>
          <bdi className="muted" dir="ltr">{one.unit}</bdi>
        </button>
      ))}
    </div>
  );
}
