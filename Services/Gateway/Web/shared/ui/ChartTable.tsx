import { useText } from "../localization";
import { useFormat } from "../localization/format";
import { nearest } from "./chartData";
import type { DrawnLine } from "./chartPaint";
import type { ChartSeries, View } from "./chartTypes";

const most = 48;

/** The shown lines as numbers, for who does not see them. */
export function ChartTable({ label, lines, view, zone }: { label: string; lines: readonly DrawnLine[]; view: View; zone: string }) {
  const text = useText();
  const format = useFormat();
  const times = Array.from({ length: most + 1 }, (_, index) => view.from + ((view.to - view.from) * index) / most);
  const value = (series: ChartSeries, time: number) => {
    const index = nearest(series, time);
    return index === undefined ? "–" : format.number(series.values[index]!, { maximumFractionDigits: series.digits ?? 2 });
  };
  return (
    <div className="ui-chart-table" tabIndex={0} role="region" aria-label={label}>
      <table>
        <caption>{text("ui.chart.tableNote", { count: times.length })}</caption>
        <thead>
          <tr>
            <th scope="col">{text("ui.chart.time")}</th>
            {lines.map(({ series }) => <th key={series.key} scope="col" className="number">{series.name} ({series.unit})</th>)}
          </tr>
        </thead>
        <tbody>
          {times.map((time) => (
            <tr key={time}>
              <th scope="row">{format.dateTime(time, zone)}</th>
              {lines.map(({ series }) => <td key={series.key} className="number">{value(series, time)}</td>)}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
