import { useMemo } from "react";
import { isolated, isRightToLeft, useLocalization } from ".";
import { unitFor, type Units, valueFor } from "./units";

const minute = 60_000;
const steps: [Intl.RelativeTimeFormatUnit, number][] = [
  ["year", 365 * 24 * 60 * minute],
  ["month", 30 * 24 * 60 * minute],
  ["day", 24 * 60 * minute],
  ["hour", 60 * minute],
  ["minute", minute],
];

/** Numbers, dates and times as the person writes them. Times are in the zone that is given (a site's), or the person's own. */
export interface Format {
  number: (value: number, options?: Intl.NumberFormatOptions) => string;
  /** A value of a sensor with its unit, in the units of the person. */
  measured: (value: number, unit: string, digits?: number) => string;
  /** The same without the unit, where it stands beside. */
  figure: (value: number, unit: string, digits?: number) => string;
  /** A decimal of the API, with all its digits, and a unit that somebody has written. */
  decimal: (value: string, unit?: string | null) => string;
  percent: (share: number) => string;
  /** The size of a file. */
  bytes: (count: number) => string;
  date: (instant: string | number, zone?: string) => string;
  time: (instant: string | number, zone?: string) => string;
  dateTime: (instant: string | number, zone?: string) => string;
  /** How long ago, or until when: "3 minutes ago". */
  relative: (instant: string | number, now?: number) => string;
  /** How long something took or takes. */
  duration: (milliseconds: number) => string;
  list: (parts: string[]) => string;
}

export function useFormat(): Format {
  const { locale, zone, units } = useLocalization();
  return useMemo(() => formatOf(locale, zone, units), [locale, zone, units]);
}

const made = new Map<string, Format>();

export function formatOf(locale: string, ownZone: string, units: Units): Format {
  const key = `${locale} ${ownZone} ${units}`;
  let format = made.get(key);
  if (!format) made.set(key, (format = make(locale, ownZone, units)));
  return format;
}

function make(locale: string, ownZone: string, units: Units): Format {
  const zoned = new Map<string, Intl.DateTimeFormat>();
  const shown = (instant: string | number, options: Intl.DateTimeFormatOptions, kind: string, zone = ownZone): string => {
    const key = `${kind} ${zone}`;
    let format = zoned.get(key);
    if (!format) zoned.set(key, (format = new Intl.DateTimeFormat(locale, { ...options, timeZone: zone })));
    return format.format(new Date(instant));
  };
  const numbers = new Map<string, Intl.NumberFormat>();
  const number = (value: number, options: Intl.NumberFormatOptions = { maximumFractionDigits: 2 }) => {
    // A chart asks for thousands of them.
    const key = JSON.stringify(options);
    let format = numbers.get(key);
    if (!format) numbers.set(key, (format = new Intl.NumberFormat(locale, options)));
    return format.format(value);
  };
  // Units are Latin: in a text from right to left, number, sign and unit would change places.
  const apart = (words: string): string => (isRightToLeft(locale) ? isolated(words) : words);
  const figure = (value: number, unit: string, most?: number) => {
    const shown = valueFor(value, unit, units, most);
    return number(shown.value, { maximumFractionDigits: shown.digits });
  };
  const relativeFormat = new Intl.RelativeTimeFormat(locale, { numeric: "auto" });
  return {
    number,
    measured: (value, unit, most) => {
      const { text } = unitFor(unit, units);
      return apart(`${figure(value, unit, most)}${text && "\u00a0"}${text}`);
    },
    figure,
    decimal: (value, unit) => {
      const digits = Math.min(20, value.split(".")[1]?.length ?? 0);
      // Browsers take the text as it is, so that none of its digits is lost; older ones read it as a number.
      const shown = number(value as unknown as number, { minimumFractionDigits: digits, maximumFractionDigits: digits });
      return unit ? apart(`${shown}\u00a0${unit}`) : shown;
    },
    percent: (share) => number(share, { style: "percent", maximumFractionDigits: 1 }),
    bytes: (count) => (count < 1e6
      ? number(Math.ceil(count / 1e3), { style: "unit", unit: "kilobyte", maximumFractionDigits: 0 })
      : number(count / 1e6, { style: "unit", unit: "megabyte", maximumFractionDigits: 1 })),
    date: (instant, zone) => shown(instant, { dateStyle: "medium" }, "date", zone),
    time: (instant, zone) => shown(instant, { timeStyle: "short" }, "time", zone),
    dateTime: (instant, zone) => shown(instant, { dateStyle: "medium", timeStyle: "short" }, "both", zone),
    relative: (instant, now = Date.now()) => {
      const difference = new Date(instant).getTime() - now;
      const [unit, length] = steps.find(([, size]) => Math.abs(difference) >= size) ?? ["minute" as const, minute];
      return relativeFormat.format(Math.round(difference / length), unit);
    },
    duration: (milliseconds) => durationText(milliseconds, locale),
    list: (parts) => new Intl.ListFormat(locale, { type: "conjunction" }).format(parts),
  };
}

function durationText(milliseconds: number, locale: string): string {
  const unit = (value: number, name: string) =>
    new Intl.NumberFormat(locale, { style: "unit", unit: name, unitDisplay: "short" }).format(value);
  const minutes = Math.round(milliseconds / minute);
  const days = Math.floor(minutes / 1440);
  const hours = Math.floor((minutes % 1440) / 60);
  const parts = [days && unit(days, "day"), hours && unit(hours, "hour"), !days && (minutes % 60 || !hours) && unit(minutes % 60, "minute")];
  return parts.filter(Boolean).join(" ");
}
