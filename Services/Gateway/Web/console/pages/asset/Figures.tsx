import { useText } from "../../../shared/localization";
import { useFormat } from "../../../shared/localization/format";
import { Card, type ChartSeries } from "../../../shared/ui";

interface Found {
  last: number | undefined;
  mean: number | undefined;
  least: number | undefined;
  greatest: number | undefined;
}

function figuresOf({ values, low = values, high = values }: ChartSeries): Found {
  let [sum, count, least, greatest] = [0, 0, Infinity, -Infinity];
  let last: number | undefined;
  values.forEach((value, index) => {
    if (Number.isNaN(value)) return;
    sum += value;
    count++;
    last = value;
    least = Math.min(least, low[index]!);
    greatest = Math.max(greatest, high[index]!);
  });
  return count === 0 ? { last, mean: undefined, least: undefined, greatest: undefined } : { last, mean: sum / count, least, greatest };
}

/** What the lines come to in the shown time. */
export function Figures({ series }: { series: readonly ChartSeries[] }) {
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
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
    </Card>
  );
}
