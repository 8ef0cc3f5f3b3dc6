import { lowerBound } from "./chartData";
import type { DrawnLine } from "./chartPaint";
import type { ChartSeries, View } from "./chartTypes";
import { download } from "./download";
import { wallOf } from "./zones";

const fileName = (label: string): string => label.replace(/[^\p{L}\p{N}]+/gu, "-").replace(/^-|-$/g, "").toLowerCase() || "chart";

/** The shown points, in the units of the sensors: one line for each time at which some series has one; times in UTC and by the zone's clock, under the word for time. */
export function saveCSV(label: string, series: readonly ChartSeries[], { from, to }: View, zone: string, timeWord: string): void {
  const rows = new Map<number, string[]>();
  series.forEach(({ times, values }, column) => {
    for (let index = lowerBound(times, from); times[index]! <= to; index += 1) {
      const row = rows.get(times[index]!) ?? series.map(() => "");
      if (!Number.isNaN(values[index]!)) row[column] = String(Number(values[index]!.toPrecision(12)));
      rows.set(times[index]!, row);
    }
  });
  // A name that a spreadsheet would take for a formula is made harmless.
  const quoted = (words: string) => `"${words.replace(/"/g, '""').replace(/^([=+\-@])/, "'$1")}"`;
  const table = [[`${timeWord} (UTC)`, `${timeWord} (${zone})`, ...series.map((one) => `${one.name} (${one.unit})`)].map(quoted)];
  for (const [time, cells] of [...rows].sort(([one], [other]) => one - other)) {
    table.push([new Date(time).toISOString(), new Date(wallOf(time, zone)).toISOString().slice(0, 23), ...cells]);
  }
  // Spreadsheets take a file for UTF-8 only with the mark.
  download(`\ufeff${table.map((cells) => `${cells.join(",")}\r\n`).join("")}`, `${fileName(label)}.csv`, "text/csv");
}

/** The drawing as it is seen, with title, names and time under it. */
export function savePNG(canvas: HTMLCanvasElement, label: string, lines: readonly DrawnLine[], range: string): void {
  const ratio = canvas.width / canvas.clientWidth;
  const picture = document.createElement("canvas");
  picture.width = canvas.width;
  picture.height = canvas.height + Math.round(60 * ratio);
  const context = picture.getContext("2d")!;
  const style = getComputedStyle(canvas);
  const token = (name: string) => style.getPropertyValue(`--${name}`).trim();
  context.fillStyle = token("surface-raised");
  context.fillRect(0, 0, picture.width, picture.height);
  context.drawImage(canvas, 0, 0);
  context.scale(ratio, ratio);
  context.translate(12, canvas.clientHeight + 22);
  context.font = `13px ${style.fontFamily}`;
  context.fillStyle = token("text");
  context.fillText(`${label} · ${range}`, 0, 0);
  for (const { series, colour } of lines) {
    const words = `${series.name} (${series.unit})`;
    context.fillStyle = token(`series-${colour}`);
    context.fillRect(0, 14, 12, 4);
    context.fillStyle = token("text");
    context.fillText(words, 18, 22);
    context.translate(36 + context.measureText(words).width, 0);
  }
  picture.toBlob((blob) => { if (blob) download(blob, `${fileName(label)}.png`, blob.type); });
}
