import { useEffect, useRef, useState } from "react";
import { call, type Answer } from "../../../shared/api/call";
import { Problem } from "../../../shared/data";
import { keyOf, type Line } from "./chartURL";

export interface Curve {
  times: Float64Array;
  values: Float64Array;
  low: Float64Array;
  high: Float64Array;
  /** How long each point is, in milliseconds. */
  step: number;
}

type Series = Answer<"GET /api/v1/assets/{id}/telemetry/series">["series"][number];

/** `null` is a point without a good reading: a gap in the line. */
const numbers = (values: readonly (number | null)[]): Float64Array => Float64Array.from(values, (value) => value ?? NaN);

function curveOf(series: Series, seconds: number): Curve {
  return { times: Float64Array.from(series.times), values: numbers(series.average), low: numbers(series.minimum), high: numbers(series.maximum), step: seconds * 1000 };
}

/** The curves of some lines in a time. While new ones come, those that are known stay. */
export function useLines(lines: readonly Line[], from: number, to: number, points: number) {
  const [curves, setCurves] = useState<ReadonlyMap<string, Curve>>(new Map());
  const [problem, setProblem] = useState<Problem>();
  const [isLoading, setIsLoading] = useState(false);
  const [tries, setTries] = useState(0);
  const wanted = lines.map(keyOf).join();
  const latest = useRef(lines);
  latest.current = lines;

  useEffect(() => {
    const abort = new AbortController();
    const byAsset = new Map<string, string[]>();
    for (const line of latest.current) byAsset.set(line.assetId, [...(byAsset.get(line.assetId) ?? []), line.tag]);
    if (byAsset.size === 0) return setCurves(new Map());
    setIsLoading(true);
    const query = { from: new Date(from).toISOString(), to: new Date(to).toISOString(), points };
    Promise.all([...byAsset].map(async ([id, tag]) => {
      const { series, seconds } = await call("GET /api/v1/assets/{id}/telemetry/series", { path: { id }, query: { ...query, tag } }, { signal: abort.signal });
      return series.map((one) => [keyOf({ tag: one.tag, assetId: id }), curveOf(one, seconds)] as const);
    }))
      .then((found) => {
        if (abort.signal.aborted) return;
        setCurves(new Map(found.flat()));
        setProblem(undefined);
        setIsLoading(false);
      })
      .catch((error) => {
        if (abort.signal.aborted) return;
        setProblem(Problem.from(error));
        setIsLoading(false);
      });
    return () => abort.abort();
  }, [wanted, from, to, points, tries]);

  return { curves, problem, isLoading, retry: () => setTries((count) => count + 1) };
}
