import { problemText } from "../../../shared/api/problemText";
import { useText, type TextKey } from "../../../shared/localization";
import { useFormat } from "../../../shared/localization/format";
import { unitText } from "../../../shared/localization/units";
import { Link } from "../../../shared/router";
import { Badge, Card, EmptyState, ErrorState, Skeleton } from "../../../shared/ui";
import { chartAddress } from "./chartURL";
import { useLastValues } from "./useLastValues";

const qualities: Record<string, { tone: "success" | "warning" | "danger"; key: TextKey }> = {
  good: { tone: "success", key: "plant.quality.good" },
  uncertain: { tone: "warning", key: "plant.quality.uncertain" },
  bad: { tone: "danger", key: "plant.quality.bad" },
};
/** A value that is older than this is told from those that are fresh. */
const oldAfter = 60 * 60_000;

/** What the asset's sensors have sent last; each leads to its chart. */
export function LastValues({ assetId, zone }: { assetId: string; zone: string | undefined }) {
  const text = useText();
  const format = useFormat();
  const { values, problem, now } = useLastValues(assetId);
  return (
    <Card title={text("plant.last_values")} flush>
      {values === undefined ? (
        <div className="plant-state">{problem ? <ErrorState problem={{ message: problemText(problem), requestId: problem.requestId }} /> : <Skeleton lines={6} />}</div>
      ) : values.length === 0 ? (
        <EmptyState title={text("plant.no_sensors")} icon="activity">{text("plant.no_sensors.text")}</EmptyState>
      ) : (
        <div className="plant-scroll" tabIndex={0} role="group" aria-label={text("plant.last_values")}>
          <table className="plant-values">
            <thead>
              <tr>
                <th scope="col">{text("plant.tag")}</th>
                <th scope="col" className="number">{text("plant.value")}</th>
                <th scope="col" className="plant-wide">{text("plant.quality")}</th>
                <th scope="col">{text("plant.age")}</th>
              </tr>
            </thead>
            <tbody>
              {values.map(({ tag, unit, value, time, quality }) => {
                const look = qualities[quality ?? ""];
                return (
                  <tr key={tag}>
                    <th scope="row"><Link to={chartAddress(assetId, [{ tag, assetId }], "24h")}>{tag}</Link></th>
                    <td className="number">
                      {value == null ? "–" : format.measured(value, unitText(unit))}
                      {look && look.tone !== "success" && <span className="plant-small"> <Badge tone={look.tone} plain>{text(look.key)}</Badge></span>}
                    </td>
                    <td className="plant-wide">{look && <Badge tone={look.tone} plain>{text(look.key)}</Badge>}</td>
                    <td>{time ? <time dateTime={time} title={format.dateTime(time, zone)} className={now - Date.parse(time) > oldAfter ? "plant-old" : ""}>{format.relative(time, now)}</time> : text("plant.never")}</td>
                  </tr>
                );
              })}
            </tbody>
          </table>
        </div>
      )}
    </Card>
  );
}
