/** A span up to now by its length, or two instants (milliseconds). */
export type Range = RelativeRange | Window;
export interface Window { from: number; to: number }
export type RelativeRange = keyof typeof lengths;

const hour = 3_600_000;
const day = 24 * hour;

export const lengths = { "1h": hour, "6h": 6 * hour, "24h": day, "7d": 7 * day, "30d": 30 * day, "1y": 365 * day, "5y": 5 * 365 * day + day } as const;
export const relativeRanges = Object.keys(lengths) as RelativeRange[];

/** The instants of a range, for a request made now. */
export function resolveRange(range: Range, now = Date.now()): Window {
  return typeof range === "string" ? { from: now - lengths[range], to: now } : range;
}

/** As it stands in a URL: `24h`, or `2026-03-01T00:00:00.000Z~2026-03-02T00:00:00.000Z`. */
export function writeRange(range: Range): string {
  return typeof range === "string" ? range : [range.from, range.to].map((instant) => new Date(instant).toISOString()).join("~");
}

/** What a URL says, or `otherwise` if it says nothing that can be read. */
export function readRange(words: string | null, otherwise: Range = "24h"): Range {
  if (words === null) return otherwise;
  if (words in lengths) return words as RelativeRange;
  const [from, to] = words.split("~").map((part) => Date.parse(part));
  return from !== undefined && to !== undefined && from < to ? { from, to } : otherwise;
}
