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
export const unitText = (unit: string): string => written[unit] ?? unit.replace(/[{}[\]]/g, "");
