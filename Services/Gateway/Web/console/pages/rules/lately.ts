import type { TelemetryPoint } from "generated/api";
import { call } from "../../../shared/api/call";

export interface Readings {
  times: number[];
  values: number[];
  unit: string;
  /** Whether there are older ones that were not read. */
  isCut: boolean;
}

const day = 86_400_000;
export const previewDays = 7;
/** So many pages of 200 readings are read, the newest days first: a week of a reading each 2.5 minutes. */
const pages = 20;

/** The good readings of a tag in the last seven days, as the alert rules see them. */
export async function readReadings(assetId: string, tag: string, unit: string, signal: AbortSignal): Promise<Readings> {
  const now = Date.now();
  const points: TelemetryPoint[] = [];
  let left = pages;
  let isCut = false;
  // Day by day, the newest first, so that what is left out is the oldest.
  for (let back = 0; back < previewDays && !isCut; back++) {
    const query = { tag, from: new Date(now - (back + 1) * day).toISOString(), to: new Date(now - back * day).toISOString(), limit: 200 };
    const ofDay: TelemetryPoint[] = [];
    let cursor: string | null | undefined;
    do {
      const page = await call("GET /api/v1/assets/{id}/telemetry", { path: { id: assetId }, query: { ...query, ...(cursor ? { cursor } : {}) } }, { signal });
      ofDay.push(...(page.items as TelemetryPoint[]));
      cursor = page.nextCursor;
      left--;
    } while (cursor && left > 0);
    // Half a day would look like a day without alerts.
    if (cursor) isCut = true;
    else points.unshift(...ofDay);
  }
  const good = points.filter((point) => point.quality === "good");
  return { times: good.map((point) => Date.parse(point.time)), values: good.map((point) => point.value), unit, isCut };
}

/**
 * When a rule would have raised an alert: when so many readings in a row were beyond the threshold, once for each streak.
 *
 * It is how the stream processor decides, for readings in the order of their times.
 */
export function raises({ times, values }: Readings, comparison: "above" | "below", threshold: number, consecutive: number): number[] {
  const raised: number[] = [];
  let streak = 0;
  values.forEach((value, index) => {
    const isBeyond = comparison === "above" ? value > threshold : value < threshold;
    streak = isBeyond ? streak + 1 : 0;
    if (streak === consecutive) raised.push(times[index] ?? 0);
  });
  return raised;
}
