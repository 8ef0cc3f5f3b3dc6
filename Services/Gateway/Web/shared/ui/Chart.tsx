import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "react";
import { listed, useLocalization, useText } from "../localization";
import { useFormat } from "../localization/format";
import { reduce } from "./chartColumns";
import { saveCSV, savePNG } from "./chartExport";
import { ChartLegend } from "./ChartLegend";
import { paint, type Scene } from "./chartPaint";
import { axesOf, xOf } from "./chartScale";
import { ChartTable } from "./ChartTable";
import type { ChartProps, View } from "./chartTypes";
import { ChartTooltip, valuesAt } from "./ChartTooltip";
import { Menu } from "./Menu";
import { Spinner } from "./Spinner";
import { useChartInput, zoomed } from "./useChartInput";
import { useSize } from "./useSize";
import { useTheme } from "./useTheme";

/** Lines over time on a canvas. The page keeps the range (in the URL); between its answers the chart zooms and pans by itself. */
export function Chart({ label, series, from, to, zone, onRange, home, thresholds = [], marks = [], onMark, height = 280, loading = false }: ChartProps) {
  const text = useText();
  const format = useFormat();
  const { locale } = useLocalization();
  const box = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const width = useSize(box);
  const theme = useTheme();
  const [first] = useState<View>({ from, to });
  const [view, setOwn] = useState<View>({ from, to });
  const [cursor, setCursor] = useState<number>();
  const [selection, setSelection] = useState<View>();
  const [hidden, setHidden] = useState<ReadonlySet<string>>(new Set());
  const [strong, setStrong] = useState<string>();
  const [asTable, setAsTable] = useState(false);
  const timer = useRef<number>();

  useEffect(() => setOwn({ from, to }), [from, to]);
  useEffect(() => () => window.clearTimeout(timer.current), []);
  const setView = (next: View) => {
    setOwn(next);
    window.clearTimeout(timer.current);
    timer.current = window.setTimeout(() => onRange?.({ from: Math.round(next.from), to: Math.round(next.to) }), 300);
  };

  const shown = useMemo(() => series.filter((one) => !hidden.has(one.key)), [series, hidden]);
  const colours = useMemo(() => shown.map((one) => series.indexOf(one)), [shown, series]);
  const units = new Set(shown.map((one) => one.unit)).size;
  const plot = useMemo(() => ({ left: 48, top: 26, width: Math.max(40, width - 48 - (units > 1 ? 52 : 12)), height: Math.max(40, height - 26 - 28) }), [width, height, units]);
  const columns = useMemo(() => shown.map((one) => reduce(one, view, plot.width)), [shown, view, plot.width]);
  const axes = useMemo(() => axesOf(shown, columns, thresholds, plot.height), [shown, columns, thresholds, plot.height]);
  const scene: Scene = { view, plot, zone, locale, series: shown, columns, axes, colours, strong, thresholds, marks };

  useLayoutEffect(() => {
    const element = canvas.current;
    if (!element || width === 0) return;
    const ratio = window.devicePixelRatio || 1;
    const [wide, high] = [Math.round(width * ratio), Math.round(height * ratio)];
    // To set the size of a canvas, even to what it is, empties and allocates it.
    if (element.width !== wide) element.width = wide;
    if (element.height !== high) element.height = high;
    element.getContext("2d")?.setTransform(ratio, 0, 0, ratio, 0, 0);
    paint(element, scene);
  }, [view, plot, zone, locale, shown, columns, axes, strong, thresholds, marks, width, height, theme]);

  const reset = () => { setSelection(undefined); setView(home ?? first); };
  const markAt = (x: number) => marks.find((mark) => Math.abs(xOf(mark.at, view, plot) - x) < 7 || (mark.to !== undefined && x > xOf(mark.at, view, plot) && x < xOf(mark.to, view, plot)));
  const press = (x: number) => { const mark = markAt(x); if (mark) onMark?.(mark.key); };
  const handlers = useChartInput({ box, view, plot, cursor, setCursor, setView, setSelection, reset, press });

  const x = cursor === undefined ? 0 : xOf(cursor, view, plot);
  const values = cursor === undefined ? [] : valuesAt(shown, cursor, format.number, text("ui.chart.noValue"));
  const range = text("ui.chart.range", { from: format.dateTime(view.from, zone), to: format.dateTime(view.to, zone) });
  const middle = (view.from + view.to) / 2;
  const isEmpty = columns.every((one) => one.count === 0);
  return (
    <figure className="ui-chart" aria-label={label}>
      <div className="ui-chart-bar">
        <ChartLegend series={series} hidden={hidden} setHidden={setHidden} setStrong={setStrong} />
        {loading && <Spinner />}
        <Menu
          label={text("ui.chart.options")}
          items={[
            { key: "in", label: text("ui.chart.zoomIn"), icon: "plus", hint: "+", stays: true, run: () => setView(zoomed(view, 0.5, middle)) },
            { key: "out", label: text("ui.chart.zoomOut"), icon: "minus", hint: "−", stays: true, run: () => setView(zoomed(view, 2, middle)) },
            { key: "reset", label: text("ui.chart.reset"), icon: "refresh", hint: text("ui.key.Escape"), run: reset },
            "line",
            { key: "table", label: text("ui.chart.table"), checked: asTable, run: () => setAsTable(!asTable) },
            { key: "png", label: text("ui.chart.png"), icon: "image", run: () => canvas.current && savePNG(canvas.current, label, series.filter((one) => !hidden.has(one.key)), colours, range) },
            { key: "csv", label: text("ui.chart.csv"), icon: "download", run: () => saveCSV(label, shown, view, zone, text("ui.chart.time")) },
          ]}
        />
      </div>
      <div
        ref={box}
        dir="ltr"
        className="ui-chart-box"
        role="slider"
        tabIndex={0}
        aria-label={`${label}. ${text("ui.chart.help")}`}
        aria-valuemin={Math.round(view.from)}
        aria-valuemax={Math.round(view.to)}
        aria-valuenow={Math.round(Math.max(view.from, Math.min(view.to, cursor ?? view.from)))}
        aria-valuetext={cursor === undefined ? range : `${format.dateTime(cursor, zone)}: ${listed(values.map((one) => `${one.name} ${one.shown}`))}`}
        style={{ blockSize: height, cursor: marks.length > 0 && cursor !== undefined && markAt(x) && onMark ? "pointer" : undefined }}
        {...handlers}
      >
        <canvas ref={canvas} className="ui-chart-canvas" aria-hidden="true" />
        {cursor !== undefined && cursor >= view.from && cursor <= view.to && <div className="ui-chart-cursor" style={{ transform: `translateX(${x}px)`, top: plot.top, height: plot.height }} />}
        {selection && <div className="ui-chart-selection" style={{ left: xOf(selection.from, view, plot), width: xOf(selection.to, view, plot) - xOf(selection.from, view, plot), top: plot.top, height: plot.height }} />}
        {cursor !== undefined && <ChartTooltip x={x} width={width} title={format.dateTime(cursor, zone)} values={values} colours={colours} mark={markAt(x)} />}
        {isEmpty && !loading && <div className="ui-chart-empty muted">{text("ui.chart.empty")}</div>}
      </div>
      <figcaption className="ui-chart-caption">{range} · {zone.replace(/_/g, " ")}</figcaption>
      {asTable && <ChartTable label={label} series={shown} view={view} zone={zone} />}
    </figure>
  );
}
