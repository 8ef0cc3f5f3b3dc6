import { useText } from "../../../shared/localization";
import { useFormat } from "../../../shared/localization/format";
import { Card, type ChartSeries } from "../../../shared/ui";

interface Found {
  last: number | undefined;
  mean: number | undefined;
  least: number | undefined;
  greatest: number | undefined;
  /** When the highest was measured. */
  at?: number | undefined;
}

function figuresOf({ times, values, low = values, high = values }: ChartSeries): Found {
  let [sum, count, least, greatest] = [0, 0, Infinity, -Infinity];
  let last: number | undefined;
  let at: number | undefined;
  values.forEach((value, index) => {
    if (Number.isNaN(value)) return;
    sum += value;
    count++;
    last = value;
    least = Math.min(least, low[index]!);
    if (high[index]! > greatest) {
      greatest = high[index]!;
      at = times[index];
    }
  });
  return count === 0 ? { last, mean: undefined, least: undefined, greatest: undefined } : { last, mean: sum / count, least, greatest, at };
}

/** What the lines come to in the shown time. */
export function Figures({ series, zone }: { series: readonly ChartSeries[]; zone: string }) {
  const text = useText();
  const format = useFormat();
  return (
    <Card flush title={text("plant.figures")}>
      <div className="plant-scroll" tabIndex={0} role="group" aria-label={text("plant.figures")}>
        <table className="plant-values">
          <thead>
            <tr>
              <th scope="col">{text("plant.tag")}</th>
              {(["last", "mean", "least", "greatest"] as const).map((name) => <th key={name} scope="col" className="number">{text(`plant.figure.${name}`)}</th>)}
              <th scope="col">{text("plant.figure.when")}</th>
            </tr>
          </thead>
          <tbody>
            {series.map((one) => {
              const found = figuresOf(one);
              return (
                <tr key={one.key}>
                  <th scope="row">{one.name}</th>
                  {([found.last, found.mean, found.least, found.greatest] as const).map((value, index) => (
                    <td key={index} className="number">{value === undefined ? "–" : format.measured(value, one.unit)}</td>
                  ))}
                  <td>{found.at === undefined ? "–" : <time dateTime={new Date(found.at).toISOString()} title={zone.replace(/_/g, " ")}>{format.dateTime(found.at, zone)}</time>}</td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
    </Card>
  );
}
