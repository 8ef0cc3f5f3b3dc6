import { useMemo, useRef } from "react";
import type { Alert } from "generated/api";
import { problemText } from "../../../shared/api/problemText";
import { useData } from "../../../shared/data";
import { useText } from "../../../shared/localization";
import { unitText } from "../../../shared/localization/units";
import { navigate, useSearch } from "../../../shared/router";
import { useMay } from "../../../shared/session/session";
import { Banner, Button, Card, Chart, EmptyState, useStatusName, type ChartMark, type ChartSeries, type ChartThreshold } from "../../../shared/ui";
import { useSize } from "../../../shared/ui/useSize";
import { resolveRange, writeRange, type Range } from "../../../shared/ui/ranges";
import { chartRange, keyOf, longestRange, readChoice, readLines, writeChoice, writeLines, type Line } from "./chartURL";
import { Figures } from "./Figures";
import { LinePicker } from "./LinePicker";
import { useLineSources, usualTag, type LineSource } from "./lineInfo";
import { RangeBar } from "./RangeBar";
import { useLineAlerts } from "./useAssetAlerts";
import { useLines } from "./useLines";
import { useNow } from "./useNow";

const toneOf = { info: "info", warning: "warning", critical: "danger" } as const;

/** Tags over time. All that is chosen stands in the address. */
export function Charts({ source, zone }: { source: LineSource; zone: string }) {
  const text = useText();
  const may = useMay();
  const statusName = useStatusName();
  const [search, setSearch] = useSearch();
  const { asset, sensors } = source;
  const usual = usualTag(sensors);
  const lines: readonly Line[] = search.has("lines") || !usual ? readLines(search, asset.id) : [{ tag: usual, assetId: asset.id }];
  const sources = useLineSources(lines, source);

  const range = chartRange(search);
  const fixed = resolveRange(range);
  const isLive = typeof range === "string";
  const now = useNow(Math.max(10_000, (fixed.to - fixed.from) / 2_000), isLive);
  const { from, to } = isLive ? resolveRange(range, now) : fixed;
  const box = useRef<HTMLDivElement>(null);
  const width = useSize(box);
  // In steps, so that not every pixel that the window grows reads anew.
  const points = Math.min(2_000, Math.max(300, Math.ceil(width / 300) * 300));
  const { curves, problem, isLoading, retry } = useLines(width > 0 ? lines : [], from, to, points);

  const choice = readChoice(search, lines, asset.id);
  const setLines = (next: readonly Line[]) => setSearch({ lines: writeLines(next, asset.id), ...writeChoice(choice, next, asset.id) });
  // A step back leads to the time before.
  const setRange = (next: Range) => setSearch({ range: writeRange(next) }, {});
  const zoom = (view: { from: number; to: number }) => setRange({ from: Math.max(view.from, view.to - longestRange), to: view.to });

  const isOne = lines.every((line) => line.assetId === lines[0]?.assetId);
  const assetName = (id: string) => sources.get(id)?.asset.name ?? text("plant.unknown_asset");
  // Where there are several assets, each line and each alert says whose it is.
  const named = (assetId: string, name: string) => (isOne ? name : `${assetName(assetId)} · ${name}`);
  const unitOf = (line: Line) => unitText(sources.get(line.assetId)?.sensors.find((sensor) => sensor.tag === line.tag)?.unit ?? "");
  const series: ChartSeries[] = lines.flatMap((line) => {
    const curve = curves.get(keyOf(line));
    if (!curve) return [];
    return [{ key: keyOf(line), name: named(line.assetId, line.tag), unit: unitOf(line), times: curve.times, values: curve.values, low: curve.low, high: curve.high }];
  });
  const wanted = lines.map(keyOf).join();
  const units = series.map((one) => one.unit + one.name).join();
  const stable = useMemo(() => series, [curves, wanted, units]);

  const rules = useData("GET /api/v1/alert-rules", may("alert-rule:read") ? { query: { limit: 200 } } : null);
  const thresholds = useMemo<ChartThreshold[]>(
    () =>
      (rules.data?.items ?? []).flatMap((rule) => {
        const line = lines.find((one) => one.tag === rule.tag && (!rule.assetId || rule.assetId === one.assetId) && (!rule.siteId || sources.get(one.assetId)?.asset.siteId === rule.siteId));
        return line && rule.isEnabled ? [{ value: rule.threshold, unit: unitOf(line), label: rule.name, tone: toneOf[rule.severity] }] : [];
      }),
    [rules.data, wanted, units]
  );
  const alerts = useLineAlerts(lines);
  const shown = lines.filter((line) => !choice.hidden.includes(keyOf(line)));
  const marks = useMemo<ChartMark[]>(() => {
    const end = (alert: Alert) => (alert.status === "resolved" ? Date.parse(alert.lastAt) : Date.now());
    const nameOf = (alert: Alert) => rules.data?.items.find((rule) => rule.id === alert.ruleId)?.name ?? statusName("severity", alert.severity);
    return alerts
      .filter((alert) => shown.some((line) => line.tag === alert.tag && line.assetId === alert.assetId))
      .map((alert) => ({ key: alert.id, at: Date.parse(alert.firstAt), to: end(alert), label: named(alert.assetId, nameOf(alert)), tone: toneOf[alert.severity] }));
  }, [alerts, shown.map((line) => named(line.assetId, line.tag)).join(), rules.data, statusName]);

  return (
    <div className="stack">
      <Card>
        <div className="stack">
          <RangeBar range={range} zone={zone} setRange={setRange} />
          <LinePicker source={source} sources={sources} lines={lines} setLines={setLines} />
          {problem && <Banner tone="warning" action={<Button size="small" icon="refresh" onClick={retry}>{text("ui.retry")}</Button>}>{problemText(problem)}</Banner>}
          <div ref={box}>
            {lines.length === 0 ? (
              <EmptyState title={text("plant.lines.none")} icon="chart">{text(sensors.length === 0 ? "plant.no_sensors.text" : "plant.lines.none.text")}</EmptyState>
            ) : (
              <Chart
                label={asset.name} series={stable} from={from} to={to} zone={zone} onRange={zoom} height={340} loading={isLoading && curves.size === 0}
                choice={choice} onChoice={(next) => setSearch(writeChoice(next, lines, asset.id))}
                thresholds={thresholds} marks={marks} onMark={(id) => navigate(`/alerts/${id}`)}
              />
            )}
          </div>
        </div>
      </Card>
      {stable.length > 0 && <Figures series={stable} zone={zone} />}
    </div>
  );
}
