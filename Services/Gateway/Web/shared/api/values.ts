import { currentLocale, hasText, text, type Values } from "../localization";

/** Where the words of the API have their names for people. A word that has none is shown as it is. */
const areas: Record<string, string | string[]> = {
  permission: "permissions",
  condition: "admin.condition",
  role: "admin.role",
  status: "ui.state.workOrder",
  // Some phases are called as their state.
  phase: ["ui.state.phase", "ui.state.workOrder"],
  transition: "orders.move",
  other: "fields",
  fields: "fields",
};

const numbers = new Set(["minimum", "maximum", "count", "minutes", "seconds", "line"]);

/** What the API says with a code, for the text of that code: names, numbers and lists in the person's language. */
export function valuesOf(parameters: { [name: string]: string | null | undefined } | null | undefined): Values {
  return Object.fromEntries(Object.entries(parameters ?? {}).map(([name, value]) => [name, wordOf(name, value ?? "")]));
}

function wordOf(name: string, value: string): string | number {
  if (numbers.has(name) && value !== "" && Number.isFinite(Number(value))) return Number(value);
  const area = areas[name];
  if (area === undefined) return value;
  // Several are always a choice: one of some permissions, of some fields.
  return new Intl.ListFormat(currentLocale(), { type: "disjunction" }).format(value.split(", ").map((word) => named([area].flat().map((one) => `${one}.${word}`), word)));
}

function named(keys: string[], word: string): string {
  const key = keys.find(hasText);
  return key ? text(key) : word;
}
