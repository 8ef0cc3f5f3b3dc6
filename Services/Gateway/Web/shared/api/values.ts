import { currentLocale, hasText, text, type Values } from "../localization";

/** Where the words of the API have their names for people. A word that has none is shown as it is. */
const areas: Record<string, string> = {
  permission: "permissions",
  condition: "admin.condition",
  role: "admin.role",
  status: "ui.state.workOrder",
  phase: "ui.state.phase",
  transition: "orders.move",
  assetStatus: "ui.state.asset",
  workType: "orders.type",
  other: "fields",
  fields: "fields",
};

/** The phases that say more than the state that they are a part of: of others, people see the state. */
export const toldPhases: ReadonlySet<string> = new Set(["submitted", "completed", "verified"]);

/** The same of permits to work and of incidents. */
const ofSafety: Record<string, (word: string) => string> = {
  permitKind: (word) => `orders.permitKind.${word}`,
  permitStatus: (word) => `orders.permitStatus.${word}`,
  permitMove: (word) => `orders.permitMove.${word}`,
  isolationState: (word) => `orders.isolationState.${word}`,
  incidentStatus: (word) => `orders.incidentStatus.${word}`,
  incidentMove: (word) => `orders.incidentMove.${word}`,
};

const numbers = new Set(["minimum", "maximum", "count", "minutes", "seconds", "line"]);

/** What the API says with a code, for the text of that code: names, numbers and lists in the person's language. */
export function valuesOf(parameters: { [name: string]: string | null | undefined } | null | undefined): Values {
  const { phase, status } = parameters ?? {};
  const values: Values = Object.fromEntries(Object.entries(parameters ?? {}).map(([name, value]) => [name, wordOf(name, value ?? "")]));
  if (status && phase && !toldPhases.has(phase)) values["phase"] = wordOf("status", status);
  return values;
}

function wordOf(name: string, value: string): string | number {
  if (numbers.has(name) && value !== "" && Number.isFinite(Number(value))) return Number(value);
  const ofPermit = ofSafety[name];
  if (ofPermit !== undefined) return named(ofPermit(value), value);
  const area = areas[name];
  if (area === undefined) return value;
  // Several are always a choice: one of some permissions, of some fields.
  return new Intl.ListFormat(currentLocale(), { type: "disjunction" }).format(value.split(", ").map((word) => named(`${area}.${word}`, word)));
}

const named = (key: string, word: string): string => (hasText(key) ? text(key) : word);
