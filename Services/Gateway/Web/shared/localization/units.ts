/** Units come as UCUM codes. What people write of them is the same in every language. Daemons have the same table (`UnitText`). */
const written: Record<string, string> = {
  Cel: "°C",
  "[degF]": "°F",
  deg: "°",
  "W/m2": "W/m²",
  "kW.h": "kWh",
  "MW.h": "MWh",
  "W.h": "Wh",
  "m3/h": "m³/h",
  "{rpm}": "rpm",
  "/min": "1/min",
  Ohm: "Ω",
  "1": "",
};

/** `Cel` as "°C". */
export const unitText = (unit: string): string => (Object.hasOwn(written, unit) ? written[unit] : undefined) ?? unit.replace(/[{}[\]]/g, "");

/** The units that a person reads measured values in: those of the sensors, or those that are usual in the United States. */
export type Units = "metric" | "us";

/** A unit as somebody reads it. */
export interface ShownUnit {
  text: string;
  /** A value of the sensor in this unit. */
  of: (value: number) => number;
  /** How many digits more than in the sensor's unit say the same. */
  finer: number;
}

const unchanged = (value: number): number => value;
const quotient = (text: string, size: number, finer = 0): ShownUnit => ({ text, of: (value) => value / size, finer });

const note = "{difference}";
/** The unit of a difference between two values: one of 10 °C is one of 18 °F. There is no code for it; what stands in braces is a note. */
export const differenceOf = (unit: string): string => `${unit}${note}`;

/** By what people write. Sizes are exact; an inch of mercury is the conventional one. Power, energy, irradiance and angles are the same everywhere. */
const american = new Map<string, ShownUnit>([
  ["°C", { text: "°F", of: (value) => (value * 9) / 5 + 32, finer: 0 }],
  ["°C/d", { text: "°F/d", of: (value) => (value * 9) / 5, finer: 0 }],
  ["m/s", quotient("mph", 0.44704)],
  ["km/h", quotient("mph", 1.609344)],
  ["mm", quotient("in", 25.4, 2)],
  ["m", quotient("ft", 0.3048)],
  ["km", quotient("mi", 1.609344)],
  ["hPa", quotient("inHg", 33.86389, 1)],
  ["mbar", quotient("inHg", 33.86389, 1)],
]);

/** How somebody reads a unit that comes as a code, or as `unitText` has written it. */
export function unitFor(unit: string, units: Units): ShownUnit {
  const isDifference = unit.endsWith(note);
  const text = unitText(isDifference ? unit.slice(0, -note.length) : unit);
  const found = units === "us" ? american.get(text) : undefined;
  if (!found) return { text, of: unchanged, finer: 0 };
  return isDifference ? { ...found, of: (value) => found.of(value) - found.of(0) } : found;
}

/** A value as somebody reads it, with at most so many digits as say no more than the sensor did: 31.1 °C are 88 °F, not 87.98. */
export function valueFor(value: number, unit: string, units: Units, most = 2): { value: number; digits: number; text: string } {
  const { text, of, finer } = unitFor(unit, units);
  const digits = of === unchanged ? most : Math.min(most, Math.max(1, digitsOf(value, most))) + finer;
  return { value: of(value), digits, text };
}

function digitsOf(value: number, most: number): number {
  let digits = 0;
  while (digits < most && Number(value.toFixed(digits)) !== Number(value.toFixed(most))) digits += 1;
  return digits;
}
