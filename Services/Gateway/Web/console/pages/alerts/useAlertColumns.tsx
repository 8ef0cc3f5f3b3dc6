import { useMemo } from "react";
import { useText } from "../../../shared/localization";
import { useFormat } from "../../../shared/localization/format";
import { Link } from "../../../shared/router";
import { Status, statusNames, type Column } from "../../../shared/ui";
import type { Alert } from "../../alerts/alerts";
import { AssetLink, SiteTime } from "../../alerts/Names";
import { useAlertTitle, useMeasured } from "../../alerts/useAlertWords";
import { useSites } from "../../places";

export function useAlertColumns(): Column<Alert>[] {
  const text = useText();
  const titleOf = useAlertTitle();
  return useMemo(() => [
    { key: "severity", header: text("watch.severity"), width: 104, words: statusNames("severity"), fixed: true, cell: (alert) => <Status kind="severity" value={alert.severity} /> },
    { key: "title", header: text("watch.alert"), minWidth: 130, fixed: true, cell: (alert) => <span title={alert.tag}>{titleOf(alert)}</span> },
    { key: "asset", header: text("watch.asset_site"), width: 150, cell: (alert) => <span className="truncate"><AssetLink id={alert.assetId} /> <span className="muted"><SiteCode id={alert.siteId} /></span></span> },
    { key: "value", header: text("watch.value_limit"), width: 126, align: "end", cell: (alert) => <Value alert={alert} /> },
    { key: "since", header: text("watch.since"), width: 138, cell: (alert) => <SiteTime site={alert.siteId} at={alert.firstAt} relative /> },
    { key: "last", header: text("watch.last"), width: 190, hidden: true, cell: (alert) => <SiteTime site={alert.siteId} at={alert.lastAt} /> },
    { key: "occurrences", header: text("watch.occurrences"), width: 60, align: "end", cell: (alert) => alert.occurrences },
    { key: "status", header: text("watch.status"), width: 100, words: statusNames("alert"), cell: (alert) => <Status kind="alert" value={alert.status} /> },
    { key: "order", header: text("watch.work_order"), width: 152, cell: (alert) => <OrderLink alert={alert} /> },
  ], [text, titleOf]);
}

/** What was measured, against the limit. */
export function Value({ alert }: { alert: Alert }) {
  const format = useFormat();
  const measured = useMeasured();
  return <span dir="ltr"><strong>{format.figure(alert.value, alert.unit)}</strong><span className="muted"> / {measured(alert.threshold, alert.unit)}</span></span>;
}

function SiteCode({ id }: { id: string }) {
  return <>{useSites().get(id)?.code}</>;
}

export function OrderLink({ alert }: { alert: Alert }) {
  const text = useText();
  if (alert.workOrderId) return <Link to={`/work-orders/${alert.workOrderId}`}>{alert.workOrderNumber ?? text("watch.work_order")}</Link>;
  return <span className="muted" title={alert.workOrderRefusal ? text(`watch.refusal.${alert.workOrderRefusal}`) : undefined}>–</span>;
}

/** An alert on a narrow screen. */
export function AlertCard({ alert }: { alert: Alert }) {
  const titleOf = useAlertTitle();
  return (
    <div className="watch-card">
      <div className="row-apart watch-card-line"><Status kind="severity" value={alert.severity} /><Status kind="alert" value={alert.status} /></div>
      <div className="truncate"><strong>{titleOf(alert)}</strong> <AssetLink id={alert.assetId} /></div>
      <div className="row-apart watch-card-line muted"><span><Value alert={alert} /></span><SiteTime site={alert.siteId} at={alert.firstAt} relative /></div>
    </div>
  );
}
