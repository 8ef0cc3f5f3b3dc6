import { useText } from "../../../shared/localization";
import { useFormat } from "../../../shared/localization/format";
import { unitText } from "../../../shared/localization/units";
import { useData } from "../../../shared/data";
import { Link, useSearch } from "../../../shared/router";
import { useMay } from "../../../shared/session/session";
import { Button, Card, Skeleton, Status } from "../../../shared/ui";
import { isClosed, openStatuses, standing } from "../../orders/orders";
import { isOpen, useAssetAlerts } from "./useAssetAlerts";

const most = 6;

/** What of an asset waits for somebody: its open alerts and work orders. */
export function OpenWork({ assetId, zone }: { assetId: string; zone: string | undefined }) {
  const text = useText();
  const format = useFormat();
  const may = useMay();
  const [, setSearch] = useSearch();
  const { alerts, isWhole } = useAssetAlerts(assetId);
  const orders = useData("GET /api/v1/workorders", may("workorder:read") ? { query: { assetId, status: openStatuses, limit: 200 } } : null);
  const open = alerts.filter(isOpen);
  const openOrders = (orders.data?.items ?? []).filter((order) => !isClosed(order));
  const tab = (name: string) => () => setSearch({ tab: name }, {});
  return (
    <>
      {may("alert:read") && (
        <Card title={text("plant.open_alerts")} actions={<Button size="small" kind="ghost" iconEnd="chevron-end" onClick={tab("alerts")}>{text("plant.all")}</Button>}>
          {open.length === 0 ? (isWhole ? <p className="muted">{text("plant.no_open_alerts")}</p> : <Skeleton lines={2} />) : (
            <ul className="plant-links">
              {open.slice(0, most).map((alert) => (
                <li key={alert.id} className="row-apart">
                  <span className="row"><Status kind="severity" value={alert.severity} /><Link to={`/alerts/${alert.id}`}>{alert.tag}</Link> <span>{format.measured(alert.value, unitText(alert.unit))}</span></span>
                  <time dateTime={alert.firstAt} title={format.dateTime(alert.firstAt, zone)} className="muted">{format.relative(alert.firstAt)}</time>
                </li>
              ))}
            </ul>
          )}
        </Card>
      )}
      {may("workorder:read") && (
        <Card title={openOrders.length > most ? text("plant.open_orders_count", { shown: format.number(most), count: openOrders.length }) : text("plant.open_orders")} actions={<Button size="small" kind="ghost" iconEnd="chevron-end" onClick={tab("orders")}>{text("plant.all")}</Button>}>
          {openOrders.length === 0 ? (orders.data ? <p className="muted">{text("plant.no_open_orders")}</p> : <Skeleton lines={2} />) : (
            <ul className="plant-links">
              {openOrders.slice(0, most).map((order) => (
                <li key={order.id} className="row-apart">
                  <span className="row"><Status kind="priority" value={order.priority} iconOnly /><Link to={`/work-orders/${order.id}`}>{order.number}</Link> <span className="truncate" dir="auto">{order.title}</span></span>
                  <Status {...standing(order)} />
                </li>
              ))}
            </ul>
          )}
        </Card>
      )}
    </>
  );
}
