/** What a chart shows, as its address has it, so that whoever opens the address sees the same. */
export interface ChartPlace {
  range: ChartRange;
  lines: Line[];
}

export interface Line {
  assetId: string;
  tag: string;
}

/** The last hours or days until now, or a fixed time. */
export type ChartRange = { last: LastRange } | { from: number; to: number };

const hour = 3_600_000;
const day = 24 * hour;
export const lengths = { "1h": hour, "6h": 6 * hour, "24h": day, "7d": 7 * day, "30d": 30 * day, "1y": 365 * day, "5y": 5 * 365 * day } as const;
export type LastRange = keyof typeof lengths;
export const lastRanges = Object.keys(lengths) as LastRange[];

/** The most lines that one chart has colours for. */
export const mostLines = 8;

/** Reads `range` or `from` and `to`, and `lines`: tags, with `@` and an asset where it is another one than the page's. */
export function readChart(search: URLSearchParams, assetId: string, usual: LastRange = "24h"): ChartPlace {
  const from = Date.parse(search.get("from") ?? "");
  const to = Date.parse(search.get("to") ?? "");
  const last = search.get("range") ?? "";
  const range: ChartRange = from < to ? { from, to } : { last: last in lengths ? (last as LastRange) : usual };
  const lines: Line[] = [];
  for (const word of (search.get("lines") ?? "").split(",")) {
    const [tag = "", other] = word.split("@");
    const line = { tag, assetId: other ?? assetId };
    if (tag && lines.length < mostLines && !lines.some((one) => isSameLine(one, line))) lines.push(line);
  }
  return { range, lines };
}

export const isSameLine = (one: Line, other: Line): boolean => one.tag === other.tag && one.assetId === other.assetId;

export const writeLines = (lines: readonly Line[], assetId: string): string =>
  lines.map((line) => (line.assetId === assetId ? line.tag : `${line.tag}@${line.assetId}`)).join(",");

export const writeRange = (range: ChartRange): { range: string | null; from: string | null; to: string | null } =>
  "last" in range ? { range: range.last, from: null, to: null } : { range: null, from: new Date(range.from).toISOString(), to: new Date(range.to).toISOString() };

/** The time that a range is now. */
export const timeOf = (range: ChartRange, now: number): { from: number; to: number } => ("last" in range ? { from: now - lengths[range.last], to: now } : range);

/** The address of an asset's chart. */
export function chartAddress(assetId: string, lines: readonly Line[], range: ChartRange): string {
  const values = { tab: "charts", lines: writeLines(lines, assetId), ...writeRange(range) };
  return `/assets/${assetId}?${new URLSearchParams(Object.entries(values).filter((entry): entry is [string, string] => Boolean(entry[1])))}`;
}
