import type { ChartChoice } from "../../../shared/ui";
import { lengths, readRange, writeRange, type Range } from "../../../shared/ui/ranges";

export interface Line {
  assetId: string;
  tag: string;
}

/** The most lines that one chart has colours for. */
export const mostLines = 8;
/** The longest time that the server answers for. */
export const longestRange = lengths["5y"];

/** What a chart shows stands in its address, so that whoever opens it sees the same: tags, with `@` and an asset where it is another than the page's. */
export const readLines = (search: URLSearchParams, assetId: string): Line[] => linesIn(search.get("lines"), assetId);

function linesIn(words: string | null, assetId: string): Line[] {
  const lines: Line[] = [];
  for (const word of (words ?? "").split(",")) {
    const [tag = "", other] = word.split("@");
    const line = { tag, assetId: other ?? assetId };
    if (tag && tag !== noLine && lines.length < mostLines && !lines.some((one) => isSameLine(one, line))) lines.push(line);
  }
  return lines;
}

/** Somebody has taken the last line away: the usual one does not come back by itself. */
const noLine = "-";

export const writeLines = (lines: readonly Line[], assetId: string): string =>
  lines.map((line) => (line.assetId === assetId ? line.tag : `${line.tag}@${line.assetId}`)).join(",") || noLine;

/** Which of the lines are hidden, and whether the chart stands there as a table as well. */
export const readChoice = (search: URLSearchParams, lines: readonly Line[], assetId: string): ChartChoice => ({
  hidden: linesIn(search.get("hide"), assetId).filter((line) => lines.some((one) => isSameLine(one, line))).map(keyOf),
  asTable: search.get("view") === "table",
});

export function writeChoice({ hidden, asTable }: ChartChoice, lines: readonly Line[], assetId: string): Record<string, string | null> {
  const without = lines.filter((line) => hidden.includes(keyOf(line)));
  return { hide: without.length > 0 ? writeLines(without, assetId) : null, view: asTable ? "table" : null };
}

export const keyOf = (line: Line): string => `${line.tag}@${line.assetId}`;

export const isSameLine = (one: Line, other: Line): boolean => one.tag === other.tag && one.assetId === other.assetId;

export const chartRange = (search: URLSearchParams, usual: Range = "24h"): Range => readRange(search.get("range"), usual);

/** The address of an asset's chart. */
export const chartAddress = (assetId: string, lines: readonly Line[], range: Range): string =>
  `/assets/${assetId}?${new URLSearchParams({ tab: "charts", lines: writeLines(lines, assetId), range: writeRange(range) })}`;
