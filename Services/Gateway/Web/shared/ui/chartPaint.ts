import type { Spans } from "./chartData";
import { type Axis, timeTicks, xOf, yOf } from "./chartScale";
import type { ChartProps, ChartSeries, Plot, View } from "./chartTypes";

/** A series with its number among the colours, which stays when another one is hidden. */
export interface DrawnLine { series: ChartSeries; colour: number; line: Spans; band: Spans | undefined }

export interface Scene extends Required<Pick<ChartProps, "zone" | "thresholds" | "marks">> {
  view: View;
  plot: Plot;
  locale: string;
  lines: readonly DrawnLine[];
  axes: Map<string, Axis>;
}

/** The canvas, and the colours of the theme in which it stands. */
interface Pen { context: CanvasRenderingContext2D; token: (name: string) => string }

/** Draws all but the cursor. `strong` is the series to which the reader points; the others step back. */
export function paint(canvas: HTMLCanvasElement, scene: Scene, strong: string | undefined): void {
  const context = canvas.getContext("2d")!;
  const style = getComputedStyle(canvas);
  const pen: Pen = { context, token: (name) => style.getPropertyValue(`--${name}`).trim() };
  const { plot } = scene;
  context.clearRect(0, 0, canvas.width, canvas.height);
  context.font = `${Math.round(parseFloat(style.fontSize))}px ${style.fontFamily}`;
  context.textBaseline = "middle";
  paintNumbers(pen, scene);
  paintTimes(pen, scene);
  context.save();
  context.beginPath();
  context.rect(plot.left, plot.top - 1, plot.width, plot.height + 2);
  context.clip();
  paintLines(pen, scene, strong);
  paintThresholds(pen, scene);
  paintMarks(pen, scene);
  context.restore();
}

/** The grid is that of the first axis; the second one has its numbers beside it. */
function paintNumbers({ context, token }: Pen, { plot, axes, locale }: Scene): void {
  const right = plot.left + plot.width;
  [...axes.values()].slice(0, 2).forEach((axis, side) => {
    const numbers = new Intl.NumberFormat(locale, { maximumFractionDigits: axis.digits, minimumFractionDigits: axis.digits });
    context.textAlign = side === 0 ? "right" : "left";
    for (const tick of axis.ticks) {
      const y = Math.round(yOf(tick, axis, plot));
      context.fillStyle = token("chart-grid");
      if (side === 0) context.fillRect(plot.left, y, plot.width, 1);
      context.fillStyle = token("text-muted");
      context.fillText(numbers.format(tick), side === 0 ? plot.left - 8 : right + 8, y + 0.5);
    }
    context.textAlign = side === 0 ? "left" : "right";
    context.fillText(axis.unit, side === 0 ? 0 : right + 48, plot.top - 14);
  });
}

function paintTimes({ context, token }: Pen, { view, plot, zone, locale }: Scene): void {
  context.textAlign = "center";
  let free = -Infinity;
  for (const { at, format } of timeTicks(view, zone, plot.width)) {
    const x = Math.round(xOf(at, view, plot));
    context.fillStyle = token("chart-grid");
    context.fillRect(x, plot.top, 1, plot.height);
    const label = new Date(at).toLocaleString(locale, { ...format, timeZone: zone });
    const half = context.measureText(label).width / 2;
    // The first and the last one stay on the canvas.
    const middle = Math.max(half, Math.min(x, plot.left + plot.width + 12 - half));
    if (middle - half < free) continue;
    context.fillStyle = token("text-muted");
    context.fillText(label, middle, plot.top + plot.height + 14);
    free = middle + half + 8;
  }
}

function paintLines({ context, token }: Pen, { view, plot, axes, lines }: Scene, strong: string | undefined): void {
  const x = (time: number) => xOf(time, view, plot);
  for (const { series, colour, line, band } of lines) {
    const axis = axes.get(series.unit)!;
    const y = (value: number) => yOf(value, axis, plot);
    const alpha = strong === undefined || strong === series.key ? 1 : 0.2;
    context.strokeStyle = context.fillStyle = token(`series-${colour}`);
    context.lineWidth = strong === series.key ? 2.25 : 1.4;
    context.globalAlpha = alpha * 0.18;
    if (band) fill(context, band, x, y, 0);
    context.globalAlpha = alpha;
    if (line.isDense) bars(context, line, x, y);
    else stroke(context, line, x, y);
  }
  context.globalAlpha = 1;
}

type Place = (value: number) => number;

/** What lies between the least and the greatest values. Where there are very many this is far cheaper than a line. */
function fill(context: CanvasRenderingContext2D, { times, low, high, starts }: Spans, x: Place, y: Place, margin: number): void {
  for (let begin = 0, end; begin < times.length; begin = end) {
    end = starts.indexOf(true, begin + 1);
    if (end < 0) end = times.length;
    context.beginPath();
    for (let index = begin; index < end; index += 1) context.lineTo(x(times[index]!), y(high[index]!) - margin);
    for (let index = end - 1; index >= begin; index -= 1) context.lineTo(x(times[index]!), y(low[index]!) + margin);
    context.fill();
  }
}

/** Upright bars, each as high as its values and long enough to meet the one before: far cheaper than a line of as many corners. */
function bars(context: CanvasRenderingContext2D, { times, low, high, starts }: Spans, x: Place, y: Place): void {
  times.forEach((time, index) => {
    const before = starts[index] || index === 0 ? index : index - 1;
    const top = y(Math.max(high[index]!, low[before]!)) - context.lineWidth / 2;
    const bottom = y(Math.min(low[index]!, high[before]!)) + context.lineWidth / 2;
    context.fillRect(Math.floor(x(time)), top, 1, bottom - top);
  });
}

function stroke(context: CanvasRenderingContext2D, { times, low, starts }: Spans, x: Place, y: Place): void {
  context.lineJoin = "bevel";
  context.beginPath();
  times.forEach((time, index) => {
    const [across, down] = [x(time), y(low[index]!)];
    if (starts[index]) context.moveTo(across, down);
    else context.lineTo(across, down);
    // A point between two gaps has no line; it is a dot.
    if (starts[index] && starts[index + 1] !== false) context.fillRect(across - 1.5, down - 1.5, 3, 3);
  });
  context.stroke();
}

function paintThresholds(pen: Pen, { plot, axes, thresholds }: Scene): void {
  for (const { unit, value, tone, label } of thresholds) {
    const axis = axes.get(unit);
    if (!axis) continue;
    const y = Math.round(yOf(value, axis, plot));
    pen.context.fillStyle = pen.token(tone);
    for (let x = plot.left; x < plot.left + plot.width; x += 10) pen.context.fillRect(x, y, 6, 1);
    words(pen, label, plot.left + plot.width - 4, y - 9, "right");
  }
}

function paintMarks(pen: Pen, { view, plot, marks }: Scene): void {
  const { context } = pen;
  let free = -Infinity;
  const sorted = [...marks].sort((one, other) => one.at - other.at);
  sorted.forEach(({ at, to = at, tone, label }, index) => {
    const x = Math.round(xOf(at, view, plot));
    context.fillStyle = pen.token(tone);
    context.globalAlpha = 0.12;
    context.fillRect(x, plot.top, xOf(to, view, plot) - x, plot.height);
    context.globalAlpha = 1;
    context.fillRect(x, plot.top, 1, plot.height);
    context.beginPath();
    context.moveTo(x - 4.5, plot.top);
    context.lineTo(x + 5.5, plot.top);
    context.lineTo(x + 0.5, plot.top + 7);
    context.fill();
    // A label that would cover another one, or another mark, is left out; it is read at the cursor. At the end it stands before its mark.
    const length = context.measureText(label).width;
    const isLast = x + 8 + length > plot.left + plot.width;
    const begin = isLast ? x - 8 - length : x + 8;
    const beside = sorted[isLast ? index - 1 : index + 1];
    const isCrossed = beside && Math.abs(xOf(beside.at, view, plot) - begin - length / 2) < length / 2 + 8;
    if (isCrossed || begin - 8 < free) return;
    words(pen, label, begin, plot.top + 8, "left");
    free = begin + length + 8;
  });
}

/** Words, in the colour of before, that can be read over lines. */
function words({ context, token }: Pen, text: string, x: number, y: number, align: CanvasTextAlign): void {
  context.textAlign = align;
  context.lineWidth = 4;
  context.lineJoin = "round";
  context.strokeStyle = token("surface-raised");
  context.strokeText(text, x, y);
  context.fillText(text, x, y);
}
