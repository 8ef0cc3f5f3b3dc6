import type { Columns } from "./chartColumns";
import type { Axis } from "./chartScale";
import type { Plot } from "./chartTypes";

export interface Look { colour: string; alpha: number; width: number; hasBand: boolean }

export function paintSeries(context: CanvasRenderingContext2D, columns: Columns, axis: Axis, plot: Plot, look: Look): void {
  // A value becomes a height by one multiplication.
  const factor = plot.height / (axis.high - axis.low);
  const zero = plot.top + plot.height + axis.low * factor;
  context.strokeStyle = context.fillStyle = look.colour;
  if (look.hasBand) {
    context.globalAlpha = look.alpha * 0.18;
    paintBand(context, columns, factor, zero, plot.left);
  }
  context.globalAlpha = look.alpha;
  if (columns.isDense) paintColumns(context, columns, factor, zero, plot.left, look.width);
  else paintLine(context, columns, factor, zero, plot.left, look.width);
  context.globalAlpha = 1;
  context.lineWidth = 1;
}

function paintBand(context: CanvasRenderingContext2D, { count, x, bandLow, bandHigh, starts }: Columns, factor: number, zero: number, left: number): void {
  for (let begin = 0; begin < count;) {
    let end = begin + 1;
    while (end < count && !starts[end]) end += 1;
    context.beginPath();
    for (let index = begin; index < end; index += 1) context.lineTo(left + x[index]!, zero - bandHigh[index]! * factor);
    for (let index = end - 1; index >= begin; index -= 1) context.lineTo(left + x[index]!, zero - bandLow[index]! * factor);
    context.fill();
    begin = end;
  }
}

/** Upright bars, each as high as its values and long enough to meet its neighbour: far cheaper than a path of as many corners. */
function paintColumns(context: CanvasRenderingContext2D, { count, x, first, low, high, last, starts }: Columns, factor: number, zero: number, left: number, width: number): void {
  for (let index = 0; index < count; index += 1) {
    // Half of the way from the column before, and half of the way to the next one.
    const before = index === 0 || starts[index] ? first[index]! : (last[index - 1]! + first[index]!) / 2;
    const after = index + 1 === count || starts[index + 1] ? last[index]! : (last[index]! + first[index + 1]!) / 2;
    const top = zero - Math.max(high[index]!, before, after) * factor - width / 2;
    const bottom = zero - Math.min(low[index]!, before, after) * factor + width / 2;
    context.fillRect(left + x[index]!, top, 1, bottom - top);
  }
}

function paintLine(context: CanvasRenderingContext2D, { count, x, first, starts }: Columns, factor: number, zero: number, left: number, width: number): void {
  context.lineWidth = width;
  context.lineJoin = "bevel";
  context.beginPath();
  for (let index = 0; index < count; index += 1) {
    const across = left + x[index]!;
    const y = zero - first[index]! * factor;
    if (!starts[index]) context.lineTo(across, y);
    else {
      context.moveTo(across, y);
      // A point between two gaps has no line; it is a dot.
      if (index + 1 === count || starts[index + 1]) context.fillRect(across - 1.5, y - 1.5, 3, 3);
    }
  }
  context.stroke();
}
