import { useMemo } from "react";
import { useText } from "../../../shared/localization";
import { useFormat } from "../../../shared/localization/format";
import { Link } from "../../../shared/router";
import { Status, statusNames, type Column } from "../../../shared/ui";
import type { Alert } from "../../alerts/alerts";
import { AssetLink, SiteTime } from "../../alerts/Names";
import { useAlertTitle, useMeasured } from "../../alerts/useAlertWords";
import { useSites, useZones } from "../../places";

export function useAlertColumns(): Column<Alert>[] {
  const text = useText();
  const titleOf = useAlertTitle();
  return useMemo(() => [
    { key: "severity", header: text("watch.severity"), width: 104, words: statusNames("severity"), fixed: true, cell: (alert) => <Status kind="severity" value={alert.severity} /> },
    { key: "title", header: text("watch.alert"), minWidth: 190, fixed: true, cell: (alert) => <span title={titleOf(alert)}>{titleOf(alert)}</span> },
    { key: "asset", header: text("watch.asset_site"), width: 126, cell: (alert) => <span className="truncate"><AssetLink id={alert.assetId} /> <span className="muted"><SiteCode id={alert.siteId} /></span></span> },
    { key: "value", header: text("watch.value_limit"), width: 126, align: "end", cell: (alert) => <Value alert={alert} /> },
    { key: "since", header: text("watch.since"), width: 118, cell: (alert) => <Since alert={alert} /> },
    { key: "last", header: text("watch.last"), width: 190, hidden: true, cell: (alert) => <SiteTime site={alert.siteId} at={alert.lastAt} /> },
    { key: "occurrences", header: text("watch.occurrences"), width: 72, align: "end", cell: (alert) => alert.occurrences },
    { key: "status", header: text("watch.status"), width: 100, words: statusNames("alert"), cell: (alert) => <Status kind="alert" value={alert.status} /> },
    { key: "order", header: text("watch.work_order"), width: 152, cell: (alert) => <OrderLink alert={alert} /> },
  ], [text, titleOf]);
}

/** When it began; of what is over, how long it lasted. */
export function Since({ alert }: { alert: Alert }) {
  const text = useText();
  const format = useFormat();
  const zone = useZones()(alert.siteId);
  if (alert.status !== "resolved") return <SiteTime site={alert.siteId} at={alert.firstAt} relative />;
  const lasted = Date.parse(alert.resolvedAt ?? alert.lastAt) - Date.parse(alert.firstAt);
  return <span title={format.dateTime(alert.firstAt, zone)}>{text("watch.lasted_for", { time: lasted < 60_000 ? `< ${format.duration(60_000)}` : format.duration(lasted) })}</span>;
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
      <div className="row-apart watch-card-line muted"><span><Value alert={alert} /></span><Since alert={alert} /></div>
    </div>
  );
}
