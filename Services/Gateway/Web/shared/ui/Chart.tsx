import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "react";
import { listed, useLocalization, useText } from "../localization";
import { useFormat } from "../localization/format";
import { spansOf } from "./chartData";
import { saveCSV, savePNG } from "./chartExport";
import { ChartLegend } from "./ChartLegend";
import { paint, type Scene } from "./chartPaint";
import { axesOf, xOf } from "./chartScale";
import { ChartTable } from "./ChartTable";
import type { ChartChoice, ChartProps, View } from "./chartTypes";
import { seriesIn, thresholdsIn } from "./chartUnits";
import { ChartTooltip, valuesAt } from "./ChartTooltip";
import { Menu } from "./Menu";
import { Spinner } from "./Spinner";
import { useChartInput, zoomed } from "./useChartInput";
import { useSize } from "./useSize";
import { useTheme } from "./useTheme";

const none: never[] = [];

/** Lines over time on a canvas, in the units of the reader. The page keeps the range (in the URL); between its answers the chart zooms and pans by itself. */
export function Chart({ label, series: given, from, to, zone, thresholds: limits = none, marks = none, height = 280, loading = false, ...props }: ChartProps) {
  const text = useText();
  const format = useFormat();
  const { locale, units } = useLocalization();
  const series = useMemo(() => seriesIn(units, given), [units, given]);
  const thresholds = useMemo(() => thresholdsIn(units, limits), [units, limits]);
  const box = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const width = useSize(box);
  const theme = useTheme();
  const [first] = useState<View>({ from, to });
  const [view, setOwn] = useState<View>({ from, to });
  const [cursor, setCursor] = useState<number>();
  const [selection, setSelection] = useState<View>();
  const [strong, setStrong] = useState<string>();
  const [ownChoice, setOwnChoice] = useState<ChartChoice>({ hidden: [], asTable: false });
  const { choice = ownChoice, onChoice = setOwnChoice } = props;
  const timer = useRef<number>();

  useEffect(() => setOwn({ from, to }), [from, to]);
  useEffect(() => () => window.clearTimeout(timer.current), []);
  const setView = (next: View) => {
    setOwn(next);
    window.clearTimeout(timer.current);
    timer.current = window.setTimeout(() => props.onRange?.({ from: Math.round(next.from), to: Math.round(next.to) }), 300);
  };

  const hidden = choice.hidden.join();
  const scene = useMemo<Scene>(() => {
    const shown = series.map((one, index) => ({ series: one, colour: (index % 8) + 1 })).filter((one) => !choice.hidden.includes(one.series.key));
    const scales = new Set(shown.map((one) => one.series.unit)).size;
    const plot = { left: 48, top: 26, width: Math.max(40, width - 48 - (scales > 1 ? 52 : 12)), height: Math.max(40, height - 54) };
    const lines = shown.map((one) => {
      const { times, values, low, high } = one.series;
      const line = spansOf(times, values, values, view, plot.width);
      return { ...one, line, band: low && high && spansOf(times, low, high, view, plot.width) };
    });
    return { view, plot, zone, locale, lines, axes: axesOf(lines, thresholds, plot.height), thresholds, marks };
  }, [series, hidden, view, width, height, zone, locale, thresholds, marks]);
  const { plot, lines } = scene;

  const ratio = window.devicePixelRatio || 1;
  useLayoutEffect(() => {
    canvas.current!.getContext("2d")!.setTransform(ratio, 0, 0, ratio, 0, 0);
    paint(canvas.current!, scene, strong);
  }, [scene, strong, ratio, theme]);

  const reset = () => setView(first);
  const xAt = (time: number) => xOf(time, view, plot);
  const markAt = (x: number) => marks.find(({ at, to: end = at }) => Math.abs(xAt(at) - x) < 7 || (x > xAt(at) && x < xAt(end)));
  const press = (x: number) => {
    const mark = markAt(x);
    if (mark) props.onMark?.(mark.key);
  };
  const handlers = useChartInput({ box, view, plot, cursor, setCursor, setView, selection, setSelection, reset, press });

  const pointed = cursor !== undefined && {
    x: xAt(cursor), mark: markAt(xAt(cursor)), title: format.dateTime(cursor, zone), values: valuesAt(lines, cursor, format, text),
  };
  const words = pointed && [...(pointed.mark ? [pointed.mark.label] : []), ...pointed.values.map((one) => `${one.name} ${one.shown}`)];
  const range = text("ui.chart.range", { from: format.dateTime(view.from, zone), to: format.dateTime(view.to, zone) });
  const upright = { top: plot.top, height: plot.height };
  const middle = (view.from + view.to) / 2;
  return (
    <figure className="ui-chart" aria-label={label}>
      <div className="ui-chart-bar">
        <ChartLegend series={series} hidden={choice.hidden} setHidden={(hidden) => onChoice({ ...choice, hidden })} setStrong={setStrong} />
        {loading && <Spinner />}
        <Menu
          label={text("ui.chart.options")}
          items={[
            { key: "in", label: text("ui.chart.zoomIn"), icon: "plus", hint: "+", stays: true, run: () => setView(zoomed(view, 0.5, middle)) },
            { key: "out", label: text("ui.chart.zoomOut"), icon: "minus", hint: "−", stays: true, run: () => setView(zoomed(view, 2, middle)) },
            { key: "reset", label: text("ui.chart.reset"), icon: "refresh", hint: text("ui.key.Escape"), run: reset },
            "line",
            { key: "table", label: text("ui.chart.table"), checked: choice.asTable, run: () => onChoice({ ...choice, asTable: !choice.asTable }) },
            { key: "png", label: text("ui.chart.png"), icon: "image", run: () => canvas.current && savePNG(canvas.current, label, lines, range) },
            { key: "csv", label: text("ui.chart.csv"), icon: "download", run: () => saveCSV(label, given.filter((one) => !choice.hidden.includes(one.key)), view, zone, text("ui.chart.time")) },
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
        aria-valuetext={words ? `${pointed.title}: ${listed(words)}` : range}
        style={{ blockSize: height, cursor: pointed && pointed.mark && props.onMark ? "pointer" : undefined }}
        {...handlers}
      >
        <canvas ref={canvas} width={Math.round(width * ratio)} height={Math.round(height * ratio)} className="ui-chart-canvas" aria-hidden="true" />
        {pointed && cursor >= view.from && cursor <= view.to && <div className="ui-chart-cursor" style={{ ...upright, transform: `translateX(${pointed.x}px)` }} />}
        {selection && <div className="ui-chart-selection" style={{ ...upright, left: xAt(selection.from), width: xAt(selection.to) - xAt(selection.from) }} />}
        {pointed && <ChartTooltip width={width} {...pointed} />}
        {lines.every(({ line }) => line.times.length === 0) && !loading && <div className="ui-chart-empty muted">{text("ui.chart.empty")}</div>}
      </div>
      <figcaption className="ui-chart-caption">{range} · {zone.replace(/_/g, " ")}</figcaption>
      {choice.asTable && <ChartTable label={label} lines={lines} view={view} zone={zone} />}
    </figure>
  );
}
