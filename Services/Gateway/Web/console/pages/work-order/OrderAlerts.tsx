import { useMemo } from "react";
import { useWhole } from "../../../shared/data/useWhole";
import { useText } from "../../../shared/localization";
import { Link } from "../../../shared/router";
import { useMay } from "../../../shared/session/session";
import { Badge, Card, Status } from "../../../shared/ui";
import { SiteTime } from "../../alerts/Names";
import { useAlertTitle, useMeasured } from "../../alerts/useAlertWords";
import type { WorkOrder } from "../../orders/orders";

/** The alerts that this work order is for, the one that came first at the top: further ones join it while it is open. */
export function useOrderAlerts(order: WorkOrder) {
  const may = useMay()("alert:read");
  const { data, isWhole, isCut } = useWhole("GET /api/v1/alerts", may ? { query: { assetId: order.assetId, limit: 200 } } : null);
  return useMemo(() => {
    const alerts = (data?.items ?? []).filter((alert) => alert.workOrderId === order.id).sort((one, other) => (one.firstAt < other.firstAt ? -1 : 1));
    return { alerts, isKnown: isWhole || isCut };
  }, [data, isWhole, isCut, order.id]);
}

export function OrderAlerts({ order }: { order: WorkOrder }) {
  const text = useText();
  const titleOf = useAlertTitle();
  const measured = useMeasured();
  const { alerts, isKnown } = useOrderAlerts(order);
  if (!isKnown || alerts.length === 0) return null;
  return (
    <Card title={text("pages.alerts")} flush>
      <ul className="orders-alerts" aria-label={text("pages.alerts")}>
        {alerts.map((alert, index) => (
          <li key={alert.id}>
            <div className="row-apart"><Link to={`/alerts/${alert.id}`}>{titleOf(alert)}</Link><Status kind="alert" value={alert.status} /></div>
            <div className="row-apart muted"><span>{measured(alert.value, alert.unit)}</span><SiteTime site={alert.siteId} at={alert.firstAt} /></div>
            {index === 0 && order.origin === "alert" && <Badge tone="info">{text("orders.alerts.first")}</Badge>}
          </li>
        ))}
      </ul>
    </Card>
  );
}
