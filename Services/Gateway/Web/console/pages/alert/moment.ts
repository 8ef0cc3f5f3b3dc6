import type { Alert, Operations } from "generated/api";

type Interval = NonNullable<Operations["GET /api/v1/assets/{id}/telemetry"]["query"]["interval"]>;

export interface Moment {
  from: number;
  to: number;
  interval: Interval;
}

const minute = 60_000;
/** The shortest windows come first. So many of them are one page of the API. */
const lengths: [Interval, number][] = [["1m", minute], ["5m", 5 * minute], ["15m", 15 * minute], ["1h", 60 * minute]];
const most = 200;

/** The time around an alert: what led to it, and what came after. */
export function momentOf({ firstAt, lastAt }: Alert, now = Date.now()): Moment {
  const first = Date.parse(firstAt);
  const before = Math.max(60 * minute, (Date.parse(lastAt) - first) / 2);
  const span = Date.parse(lastAt) - first + 2 * before;
  const [interval, length] = lengths.find(([, size]) => span / size < most) ?? ["1h", 60 * minute];
  const from = Math.floor((first - before) / length) * length;
  // An alert that lasts for weeks is shown from its beginning.
  const to = Math.min(from + most * length, Math.ceil((Date.parse(lastAt) + before) / length) * length);
  return { from, to: Math.min(to, Math.max(first + length, Math.ceil(now / length) * length)), interval };
}
