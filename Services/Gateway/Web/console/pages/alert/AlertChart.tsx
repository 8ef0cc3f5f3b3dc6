import { useMemo } from "react";
import type { TelemetryWindow } from "generated/api";
import { problemText } from "../../../shared/api/problemText";
import { useData } from "../../../shared/data";
import { unitText } from "../../../shared/localization/units";
import { useText } from "../../../shared/localization";
import { useMay } from "../../../shared/session/session";
import { Card, Chart, EmptyState, ErrorState, Skeleton, type ChartSeries } from "../../../shared/ui";
import type { Alert } from "../../alerts/alerts";
import { useMeasured } from "../../alerts/useAlertWords";
import { useAsset, useZones } from "../../places";
import { momentOf } from "./moment";

/** What was measured around the alert, with the limit that it went beyond. */
export function AlertChart({ alert }: { alert: Alert }) {
  const text = useText();
  const may = useMay()("telemetry:read");
  const measured = useMeasured();
  const asset = useAsset(alert.assetId);
  const zone = useZones()(alert.siteId);
  const { from, to, interval } = useMemo(() => momentOf(alert), [alert.firstAt, alert.lastAt]);
  const query = { tag: alert.tag, interval, from: new Date(from).toISOString(), to: new Date(to).toISOString(), limit: 200 };
  const { data, problem, isLoading, retry } = useData("GET /api/v1/assets/{id}/telemetry", may ? { path: { id: alert.assetId }, query } : null);
  const unit = unitText(alert.unit);
  const series = useMemo(() => (data ? [seriesOf(data.items as TelemetryWindow[], alert, unit)] : []), [data, alert, unit]);
  const tone = alert.severity === "info" ? "info" : alert.severity === "warning" ? "warning" : "danger";
  const label = text("watch.chart.label", { tag: alert.tag, asset: asset?.code ?? "" });
  return (
    <Card title={text("watch.chart.title")}>
      {!may ? <EmptyState title={text("watch.chart.not_permitted")} icon="lock" />
        : problem && !data ? <ErrorState problem={{ message: problemText(problem), requestId: problem.requestId }} retry={retry} />
        : !data ? <Skeleton height={300} />
        : (
          <Chart
            label={label} series={series} from={from} to={to} zone={zone} loading={isLoading}
            thresholds={[{ value: alert.threshold, unit, label: text("watch.chart.threshold", { value: measured(alert.threshold, alert.unit) }), tone }]}
            marks={[{ key: alert.id, at: Date.parse(alert.firstAt), to: Date.parse(alert.lastAt), label: text("watch.chart.mark"), tone }]}
          />
        )}
    </Card>
  );
}

/** The line is what decided: an average says nothing of one reading that went beyond the limit. */
function seriesOf(windows: readonly TelemetryWindow[], { tag, value, threshold }: Alert, unit: string): ChartSeries {
  const take = (value: (window: TelemetryWindow) => number | null | undefined) => Float64Array.from(windows, (window) => value(window) ?? NaN);
  return {
    key: tag, name: tag, unit,
    times: Float64Array.from(windows, ({ start }) => Date.parse(start)),
    values: take((window) => (value < threshold ? window.minimum : window.maximum)),
    low: take((window) => window.minimum),
    high: take((window) => window.maximum),
  };
}
