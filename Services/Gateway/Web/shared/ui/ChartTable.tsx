import { useText } from "../localization";
import { useFormat } from "../localization/format";
import { nearest } from "./chartData";
import type { ChartSeries, View } from "./chartTypes";

const most = 48;

/** The shown lines as numbers, for who does not see them. */
export function ChartTable({ label, series, view, zone }: { label: string; series: readonly ChartSeries[]; view: View; zone: string }) {
  const text = useText();
  const format = useFormat();
  const times = Array.from({ length: most + 1 }, (_, index) => view.from + ((view.to - view.from) * index) / most);
  const value = (one: ChartSeries, time: number) => {
    const index = nearest(one, time);
    return index === undefined ? "–" : format.number(one.values[index]!);
  };
  return (
    <div className="ui-chart-table" tabIndex={0} role="region" aria-label={label}>
      <table>
        <caption>{text("ui.chart.tableNote", { count: times.length })}</caption>
        <thead><tr><th scope="col">{text("ui.chart.time")}</th>{series.map((one) => <th key={one.key} scope="col" className="number">{one.name} ({one.unit})</th>)}</tr></thead>
        <tbody>
          {times.map((time) => (
            <tr key={time}>
              <th scope="row">{format.dateTime(time, zone)}</th>
              {series.map((one) => <td key={one.key} className="number">{value(one, time)}</td>)}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
