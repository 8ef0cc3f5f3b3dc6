import type { Columns } from "./chartColumns";
import { type Look, paintSeries } from "./chartLines";
import { type Axis, timeTicks, xOf, yOf } from "./chartScale";
import type { ChartMark, ChartSeries, ChartThreshold, Plot, View } from "./chartTypes";

export interface Scene {
  view: View;
  plot: Plot;
  zone: string;
  locale: string;
  series: readonly ChartSeries[];
  columns: readonly Columns[];
  axes: Map<string, Axis>;
  /** Numbers of the series' colours, which stay when another one is hidden. */
  colours: readonly number[];
  /** The series to which the reader points; the others step back. */
  strong: string | undefined;
  thresholds: readonly ChartThreshold[];
  marks: readonly ChartMark[];
}

/** Draws all but the cursor. The colours are those of the theme in which the canvas stands. */
export function paint(canvas: HTMLCanvasElement, scene: Scene): void {
  const context = canvas.getContext("2d");
  if (!context) return;
  const style = getComputedStyle(canvas);
  const token = (name: string) => style.getPropertyValue(`--${name}`).trim();
  const { plot, view, axes } = scene;
  context.clearRect(0, 0, canvas.width, canvas.height);
  context.font = `${Math.round(parseFloat(style.fontSize))}px ${style.fontFamily}`;
  context.textBaseline = "middle";
  context.lineWidth = 1;

  // The grid is that of the first axis; the second one has its numbers beside it.
  [...axes.values()].slice(0, 2).forEach((axis, side) => {
    const numbers = new Intl.NumberFormat(scene.locale, { maximumFractionDigits: axis.digits, minimumFractionDigits: axis.digits });
    context.textAlign = side === 0 ? "right" : "left";
    context.fillStyle = token("text-muted");
    const edge = side === 0 ? plot.left - 8 : plot.left + plot.width + 8;
    for (const tick of axis.ticks) {
      const y = Math.round(yOf(tick, axis, plot)) + 0.5;
      if (side === 0) rule(context, token("chart-grid"), plot.left, y, plot.left + plot.width, y);
      context.fillText(numbers.format(tick), edge, y);
    }
    context.textAlign = side === 0 ? "left" : "right";
    context.fillText(axis.unit, side === 0 ? 0 : plot.left + plot.width + 48, plot.top - 14);
  });
  paintTimes(context, scene, token("chart-grid"), token("text-muted"));

  context.save();
  context.beginPath();
  context.rect(plot.left, plot.top - 1, plot.width, plot.height + 2);
  context.clip();
  for (const mark of scene.marks) {
    if (mark.to === undefined) continue;
    context.globalAlpha = 0.12;
    context.fillStyle = token(mark.tone);
    const x = xOf(mark.at, view, plot);
    context.fillRect(x, plot.top, Math.max(1, xOf(mark.to, view, plot) - x), plot.height);
    context.globalAlpha = 1;
  }
  scene.series.forEach((series, index) => {
    const axis = axes.get(series.unit);
    const columns = scene.columns[index];
    if (!axis || !columns) return;
    const isOther = scene.strong !== undefined && scene.strong !== series.key;
    const look: Look = {
      colour: token(`series-${(scene.colours[index]! % 8) + 1}`),
      alpha: isOther ? 0.2 : 1,
      width: scene.strong === series.key ? 2.25 : 1.4,
      hasBand: series.low !== undefined,
    };
    paintSeries(context, columns, axis, plot, look);
  });
  for (const threshold of scene.thresholds) {
    const axis = axes.get(threshold.unit);
    if (!axis) continue;
    const y = Math.round(yOf(threshold.value, axis, plot)) + 0.5;
    context.setLineDash([6, 4]);
    rule(context, token(threshold.tone), plot.left, y, plot.left + plot.width, y);
    context.setLineDash([]);
    context.textAlign = "right";
    words(context, threshold.label, plot.left + plot.width - 4, y - 9, token(threshold.tone), token("surface-raised"));
  }
  let free = -Infinity;
  const marks = [...scene.marks].sort((one, other) => one.at - other.at);
  marks.forEach((mark, index) => {
    const x = Math.round(xOf(mark.at, view, plot)) + 0.5;
    const next = marks[index + 1];
    rule(context, token(mark.tone), x, plot.top, x, plot.top + plot.height);
    context.fillStyle = token(mark.tone);
    context.beginPath();
    context.moveTo(x - 5, plot.top);
    context.lineTo(x + 5, plot.top);
    context.lineTo(x, plot.top + 7);
    context.fill();
    // A label that would cover another one, or another mark, is left out; it is read at the cursor. At the end it stands before its mark.
    const length = context.measureText(mark.label).width;
    const isLast = x + 8 + length > plot.left + plot.width;
    const end = isLast ? x : x + 16 + length;
    if (isLast ? x - 16 - length < free : x < free || (next && xOf(next.at, view, plot) < end)) return;
    context.textAlign = isLast ? "right" : "left";
    words(context, mark.label, isLast ? x - 8 : x + 8, plot.top + 8, token(mark.tone), token("surface-raised"));
    free = end;
  });
  context.restore();
}

const formats: Record<string, Intl.DateTimeFormatOptions> = {
  second: { timeStyle: "medium" },
  time: { timeStyle: "short" },
  day: { day: "numeric", month: "short" },
  month: { month: "short" },
  year: { year: "numeric" },
};
const made = /* @__PURE__ */ new Map<string, Intl.DateTimeFormat>();

function paintTimes(context: CanvasRenderingContext2D, { view, plot, zone, locale }: Scene, grid: string, ink: string): void {
  context.textAlign = "center";
  let free = -Infinity;
  for (const { at, kind } of timeTicks(view, zone, plot.width)) {
    const x = Math.round(xOf(at, view, plot)) + 0.5;
    rule(context, grid, x, plot.top, x, plot.top + plot.height);
    const key = `${locale} ${zone} ${kind}`;
    let format = made.get(key);
    if (!format) made.set(key, (format = new Intl.DateTimeFormat(locale, { ...formats[kind], timeZone: zone })));
    const label = format.format(at);
    const half = context.measureText(label).width / 2;
    // The first and the last one stay on the canvas.
    const middle = Math.max(half, Math.min(x, plot.left + plot.width + 12 - half));
    if (middle - half < free) continue;
    context.fillStyle = ink;
    context.fillText(label, middle, plot.top + plot.height + 14);
    free = middle + half + 8;
  }
}

function rule(context: CanvasRenderingContext2D, colour: string, fromX: number, fromY: number, toX: number, toY: number): void {
  context.strokeStyle = colour;
  context.beginPath();
  context.moveTo(fromX, fromY);
  context.lineTo(toX, toY);
  context.stroke();
}

/** Words that can be read over lines. */
function words(context: CanvasRenderingContext2D, text: string, x: number, y: number, colour: string, ground: string): void {
  context.lineWidth = 4;
  context.lineJoin = "round";
  context.strokeStyle = ground;
  context.strokeText(text, x, y);
  context.lineWidth = 1;
  context.fillStyle = colour;
  context.fillText(text, x, y);
}
