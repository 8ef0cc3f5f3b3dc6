import { lowerBound } from "./chartData";
import type { ChartSeries, View } from "./chartTypes";
import { wallOf } from "./zones";

export function save(name: string, content: Blob): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(content);
  link.download = name;
  link.click();
  // The browser has begun to read by then.
  window.setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

const fileName = (label: string): string => label.replace(/[^\p{L}\p{N}]+/gu, "-").replace(/^-|-$/g, "").toLowerCase() || "chart";

/** The shown points, one line for each time at which some series has one; times in UTC and by the zone's clock, under the word for time. */
export function saveCSV(label: string, series: readonly ChartSeries[], { from, to }: View, zone: string, timeWord: string): void {
  const at = series.map((one) => lowerBound(one.times, from));
  // A name that a spreadsheet would take for a formula is made harmless.
  const quoted = (words: string) => `"${words.replace(/"/g, '""').replace(/^([=+\-@])/, "'$1")}"`;
  const lines = [[`${timeWord} (UTC)`, `${timeWord} (${zone})`, ...series.map((one) => `${one.name} (${one.unit})`)].map(quoted).join(",")];
  for (;;) {
    const time = Math.min(...series.map((one, index) => one.times[at[index]!] ?? Infinity));
    if (time > to) break;
    const cells = series.map((one, index) => {
      if (one.times[at[index]!] !== time) return "";
      const value = one.values[at[index]!]!;
      at[index]! += 1;
      return Number.isNaN(value) ? "" : String(Number(value.toPrecision(12)));
    });
    lines.push([new Date(time).toISOString(), new Date(wallOf(time, zone)).toISOString().slice(0, 23), ...cells].join(","));
  }
  // Spreadsheets take a file for UTF-8 only with the mark.
  save(`${fileName(label)}.csv`, new Blob(["\ufeff", lines.join("\r\n"), "\r\n"], { type: "text/csv" }));
}

/** The drawing as it is seen, with title, names and time under it. */
export function savePNG(canvas: HTMLCanvasElement, label: string, series: readonly ChartSeries[], colours: readonly number[], range: string): void {
  const ratio = canvas.width / canvas.clientWidth;
  const picture = document.createElement("canvas");
  const line = 22;
  picture.width = canvas.width;
  picture.height = canvas.height + Math.round((2 * line + 16) * ratio);
  const context = picture.getContext("2d");
  if (!context) return;
  const style = getComputedStyle(canvas);
  const token = (name: string) => style.getPropertyValue(`--${name}`).trim();
  context.fillStyle = token("surface-raised");
  context.fillRect(0, 0, picture.width, picture.height);
  context.drawImage(canvas, 0, 0);
  context.scale(ratio, ratio);
  context.font = `13px ${style.fontFamily}`;
  let x = 12;
  const y = canvas.clientHeight + line;
  context.fillStyle = token("text");
  context.fillText(`${label} · ${range}`, x, y);
  series.forEach((one, index) => {
    context.fillStyle = token(`series-${((colours[index] ?? 0) % 8) + 1}`);
    context.fillRect(x, y + line - 8, 12, 4);
    context.fillStyle = token("text");
    context.fillText(`${one.name} (${one.unit})`, x + 18, y + line);
    x += 36 + context.measureText(`${one.name} (${one.unit})`).width;
  });
  picture.toBlob((blob) => { if (blob) save(`${fileName(label)}.png`, blob); });
}
