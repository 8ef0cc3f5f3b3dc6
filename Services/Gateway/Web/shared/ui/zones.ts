/** Wall clocks of named time zones, by the browser's own zone data. Instants are milliseconds since 1970. */

const clocks = new Map<string, Intl.DateTimeFormat>();

function clock(zone: string): Intl.DateTimeFormat {
  let format = clocks.get(zone);
  if (!format) {
    format = new Intl.DateTimeFormat("en-US-u-ca-gregory-nu-latn", {
      timeZone: zone, hourCycle: "h23", year: "numeric", month: "numeric", day: "numeric", hour: "numeric", minute: "numeric", second: "numeric",
    });
    clocks.set(zone, format);
  }
  return format;
}

/** What the clock on the wall shows, as if it were UTC: the difference to the instant is the zone's offset then. */
export function wallOf(instant: number, zone: string): number {
  const part: Record<string, number> = {};
  for (const { type, value } of clock(zone).formatToParts(instant)) part[type] = Number(value);
  const at = (name: string) => part[name] ?? 0;
  return Date.UTC(at("year"), at("month") - 1, at("day"), at("hour"), at("minute"), at("second")) + (((instant % 1000) + 1000) % 1000);
}

export const offsetAt = (instant: number, zone: string): number => wallOf(instant, zone) - instant;

export interface Resolved {
  instant: number;
  /** `gap`: the clock skips this time, the instant is as long after the jump. `twice`: it comes twice, the instant is the first. */
  kind: "plain" | "gap" | "twice";
  /** The second instant of a time that comes twice. */
  second?: number;
}

/** The instant at which the wall clock of the zone shows that time (as by `wallOf`). */
export function instantOf(wall: number, zone: string): Resolved {
  const day = 86_400_000;
  const before = offsetAt(wall - day, zone);
  const after = offsetAt(wall + day, zone);
  const early = wall - before;
  const late = wall - after;
  const earlyFits = wallOf(early, zone) === wall;
  const lateFits = wallOf(late, zone) === wall;
  if (before === after) return { instant: early, kind: "plain" };
  if (earlyFits && lateFits) return { instant: Math.min(early, late), kind: "twice", second: Math.max(early, late) };
  if (earlyFits) return { instant: early, kind: "plain" };
  if (lateFits) return { instant: late, kind: "plain" };
  return { instant: early, kind: "gap" };
}

/** The short name of the zone at that instant: `CET`, `GMT+5:30`. */
export function zoneName(instant: number, zone: string, locale: string): string {
  const parts = new Intl.DateTimeFormat(locale, { timeZone: zone, timeZoneName: "short" }).formatToParts(instant);
  return parts.find((part) => part.type === "timeZoneName")?.value ?? zone;
}

/** For `<input type="datetime-local">`: `2026-03-29T02:30`. */
export const wallText = (instant: number, zone: string): string => new Date(wallOf(instant, zone)).toISOString().slice(0, 16);

export function wallFromText(words: string): number | null {
  const wall = /^\d{4,6}-\d\d-\d\dT\d\d:\d\d/.test(words) ? Date.parse(`${words}Z`) : NaN;
  return Number.isNaN(wall) ? null : wall;
}
