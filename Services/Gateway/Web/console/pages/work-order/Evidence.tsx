import { useData } from "../../../shared/data";
import { useText } from "../../../shared/localization";
import { useFormat } from "../../../shared/localization/format";
import { Card, English, KeyValue, Sparkline } from "../../../shared/ui";
import { useMeasured } from "../../alerts/useAlertWords";
import { SiteTime } from "../../orders/Names";
import { isJudged, type WorkOrder } from "../../orders/orders";

/** So many readings are named; the line beside them shows all. */
const named = 5;

/** What an alert or a prediction was found by: who is at the asset can judge it. */
export function Evidence({ order }: { order: WorkOrder }) {
  const text = useText();
  const format = useFormat();
  const measured = useMeasured();
  const { data } = useData("GET /api/v1/workorders/{id}/evidence", isJudged(order) ? { path: { id: order.id } } : null);
  if (!data || (data.readings.length === 0 && data.features.length === 0 && typeof data.probability !== "number")) return null;
  const readings = data.readings;
  const value = (one: number) => measured(one, data.unit ?? "");
  const [least, most] = [Math.min(...readings.map((one) => one.value)), Math.max(...readings.map((one) => one.value))];
  return (
    <Card title={text("orders.evidence")}>
      <div className="stack-tight">
        <KeyValue
          entries={[
            { label: text("orders.evidence.tag"), value: data.tag ? <code>{data.tag}</code> : undefined },
            { label: text("orders.evidence.condition"), value: data.condition ? <English>{data.condition}</English> : undefined },
            { label: text("orders.evidence.probability"), value: typeof data.probability === "number" ? format.percent(data.probability) : undefined },
            { label: text("orders.evidence.model"), value: data.model ? <English>{data.model}</English> : undefined },
            ...data.features.map((feature) => ({ label: feature.name, value: format.number(feature.value) })),
          ]}
        />
        {readings.length > 0 && (
          <>
            {readings.length > 1 && <Sparkline label={text("orders.evidence.line", { count: readings.length, least: value(least), most: value(most) })} values={readings.map((one) => one.value)} width={220} height={40} />}
            <ul className="orders-readings" aria-label={text("orders.evidence.readings")}>
              {readings.slice(-named).map((one) => <li key={one.at} className="row-apart"><strong>{value(one.value)}</strong><span className="muted"><SiteTime order={order} at={one.at} isShort /></span></li>)}
            </ul>
          </>
        )}
      </div>
    </Card>
  );
}
