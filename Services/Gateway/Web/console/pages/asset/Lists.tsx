import { useMemo } from "react";
import type { Alert, WorkOrderResponse } from "generated/api";
import { problemText } from "../../../shared/api/problemText";
import { useData } from "../../../shared/data";
import { useText } from "../../../shared/localization";
import { useFormat } from "../../../shared/localization/format";
import { unitText } from "../../../shared/localization/units";
import { Link, navigate } from "../../../shared/router";
import { EmptyState, Status, statusNames, Table, type Column } from "../../../shared/ui";
import { OrderStatus } from "../../orders/Names";
import { isClosed, openStatuses, standing } from "../../orders/orders";
import { Since, Value } from "../alerts/useAlertColumns";
import { useAssetAlerts } from "./useAssetAlerts";

const shown = (problem: { requestId: string | null } | undefined) => (problem ? { message: problemText(problem as never), requestId: problem.requestId } : undefined);

/** What columns have room for, if there is any. */
const [longNumber, longValue] = ["WO-2026-000000", "1,234.56 / 1,234 kWh"];

/** Work orders of an asset or of a site. */
export function Orders({ assetId, siteId, zone, isOpen = false }: { assetId?: string; siteId?: string; zone: string | undefined; isOpen?: boolean }) {
  const text = useText();
  const format = useFormat();
  const { data, problem, isLoading, retry, more } = useData("GET /api/v1/workorders", { query: { limit: 50, ...(isOpen ? { status: openStatuses } : {}), ...(assetId ? { assetId } : {}), ...(siteId ? { siteId: [siteId] } : {}) } });
  // What ends meanwhile stays in the list that was read.
  const rows = useMemo(() => (data?.items ?? []).filter((row) => !isOpen || !isClosed(row)), [data, isOpen]);
  const columns = useMemo<Column<WorkOrderResponse>[]>(() => [
    { key: "number", header: text("plant.number"), width: 152, words: [longNumber], fixed: true, cell: (row) => <Link to={`/work-orders/${row.id}`}>{row.number}</Link> },
    { key: "title", header: text("plant.title"), minWidth: 140, cell: (row) => <span dir="auto">{row.title}</span> },
    { key: "status", header: text("plant.state"), width: 118, words: statusNames("workOrder"), cell: (row) => <OrderStatus order={row} /> },
    { key: "priority", header: text("plant.priority"), width: 92, words: statusNames("priority"), cell: (row) => <Status kind="priority" value={row.priority} /> },
    { key: "start", header: text("plant.planned"), width: 104, words: [format.date(0)], cell: (row) => (row.scheduledStart ? <time dateTime={row.scheduledStart} title={format.dateTime(row.scheduledStart, zone)}>{format.date(row.scheduledStart, zone)}</time> : "–") },
  ], [text, format, zone]);
  return (
    <Table
      label={text("pages.work_orders")} rows={rows} rowKey={(row) => row.id} columns={columns} loading={isLoading} problem={shown(problem)} retry={retry}
      onEnd={more} onOpen={(row) => navigate(`/work-orders/${row.id}`)} empty={<EmptyState title={text(isOpen ? "plant.no_open_orders" : "plant.no_orders")} icon="wrench" />}
      card={(row) => <div className="stack-tight"><div className="row-apart"><code>{row.number}</code><Status {...standing(row)} /></div><span className="truncate" dir="auto">{row.title}</span></div>}
    />
  );
}

/** Alerts of an asset. */
export function Alerts({ assetId, zone }: { assetId: string; zone: string | undefined }) {
  const text = useText();
  const { alerts, problem, retry, isWhole } = useAssetAlerts(assetId);
  return <AlertTable empty={text("plant.no_alerts")} alerts={alerts} problem={problem} retry={retry} loading={!isWhole && !problem} zone={zone} />;
}

interface AlertTableProps {
  alerts: readonly Alert[];
  problem: { requestId: string | null } | undefined;
  retry: () => void;
  loading: boolean;
  zone: string | undefined;
  empty: string;
}

export function AlertTable({ alerts, problem, retry, loading, zone, empty }: AlertTableProps) {
  const text = useText();
  const format = useFormat();
  const columns = useMemo<Column<Alert>[]>(() => [
    { key: "severity", header: text("plant.severity"), width: 104, words: statusNames("severity"), fixed: true, cell: (row) => <Status kind="severity" value={row.severity} /> },
    { key: "tag", header: text("plant.tag"), minWidth: 110, cell: (row) => <Link to={`/alerts/${row.id}`}>{row.tag}</Link> },
    { key: "value", header: text("watch.value_limit"), width: 118, words: [longValue], align: "end", cell: (row) => <Value alert={row} /> },
    { key: "status", header: text("plant.state"), width: 104, words: statusNames("alert"), cell: (row) => <Status kind="alert" value={row.status} /> },
    { key: "first", header: text("plant.since"), width: 100, words: [text("watch.lasted_for", { time: format.duration(14 * 3_600_000 + 41 * 60_000) })], cell: (row) => <Since alert={row} /> },
    { key: "order", header: text("pages.work_order"), width: 152, words: [longNumber], cell: (row) => row.workOrderId && <Link to={`/work-orders/${row.workOrderId}`}>{row.workOrderNumber ?? row.workOrderId}</Link> },
  ], [text, format, zone]);
  return (
    <Table
      label={text("pages.alerts")} rows={alerts} rowKey={(row) => row.id} columns={columns} loading={loading} problem={shown(problem)} retry={retry}
      onOpen={(row) => navigate(`/alerts/${row.id}`)} empty={<EmptyState title={empty} icon="bell" />}
      card={(row) => <div className="stack-tight"><div className="row-apart"><Status kind="severity" value={row.severity} /><Status kind="alert" value={row.status} /></div><span className="truncate">{row.tag} · {format.measured(row.value, unitText(row.unit))}</span></div>}
    />
  );
}
