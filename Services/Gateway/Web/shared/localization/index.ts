import { useCallback } from "react";
import { languages, type Catalogues, type Language, type Message, type TextKey } from "generated/texts";
import { Store } from "../store";
import type { Units } from "./units";

export type { Language, TextKey } from "generated/texts";

export type Values = Record<string, string | number>;

interface Localization {
  language: Language;
  /** The language with its region, for numbers and dates: `en-GB`. */
  locale: string;
  /** The person's own time zone, for everything that does not happen at a site. */
  zone: string;
  /** The units that the person reads measured values in. */
  units: Units;
  messages: Record<string, Message>;
}

export const browserZone = Intl.DateTimeFormat().resolvedOptions().timeZone;
const store = new Store<Localization>({ language: "en", locale: "en-US", zone: browserZone, units: "metric", messages: {} });
/** The choice is a cookie, so that the pages that daemons write have it as well (`Shared/ServiceKit/HTTP/LanguageChoice.swift`). */
const choiceName = "dcmms.language";
const year = 31_536_000;

/** What people call their languages. */
const names: Record<string, string> = {
  en: "English",
  de: "Deutsch",
  es: "Español",
  fr: "Français",
  pt: "Português",
  hi: "हिन्दी",
  zh: "中文",
  ar: "العربية",
};

export const languageNames = (Object.keys(languages) as Language[]).map((language) => ({ language, name: names[language] ?? language }));

const rightToLeft = new Set<string>(["ar"]);

/** A name or number of another direction, so that it does not change places with its neighbours. */
export const isolated = (words: string): string => `\u2068${words}\u2069`;

/** Of a language, or of a locale of it. */
export const isRightToLeft = (tag: string): boolean => rightToLeft.has(tag.split("-")[0] ?? "");

let catalogues = languages;

/**
 * The person's choice, or the first of the browser's languages that there is.
 *
 * @param from What is read of the texts: all of them unless said.
 */
export async function startLanguage(from: Catalogues = languages): Promise<void> {
  catalogues = from;
  const chosen = readChoice();
  const wanted = chosen === null ? [...navigator.languages] : [chosen, ...navigator.languages];
  const locale = wanted.find((tag) => languageOf(tag) !== null) ?? "en-US";
  await apply(locale);
}

export async function chooseLanguage(language: Language): Promise<void> {
  writeChoice(language);
  await apply(localeOf(language));
}

/** Shows the language, the times and the units that a person has in their profile. What they have not chosen stays as the browser or the sensor has it. */
export async function personalize({ language, timeZone, units: chosen }: { language?: string | null; timeZone?: string | null; units?: Units | null }): Promise<void> {
  const zone = timeZone && isZone(timeZone) ? timeZone : browserZone;
  const units = chosen ?? "metric";
  if (zone !== store.get().zone || units !== store.get().units) store.set({ ...store.get(), zone, units });
  const known = languageOf(language ?? "");
  if (known === null) return;
  writeChoice(known);
  if (known !== store.get().language) await apply(localeOf(known));
}

/** With the region that the browser has for it. */
const localeOf = (language: Language): string => navigator.languages.find((tag) => languageOf(tag) === language) ?? language;

/** Whether the browser knows it: the server's list can be newer. */
function isZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: name }) !== null;
  } catch {
    return false;
  }
}

function readChoice(): string | null {
  const cookie = document.cookie.split("; ").find((pair) => pair.startsWith(`${choiceName}=`));
  return cookie ? cookie.slice(choiceName.length + 1) : null;
}

function writeChoice(language: string): void {
  const secure = location.protocol === "https:" ? "; Secure" : "";
  document.cookie = `${choiceName}=${language}; Max-Age=${year}; Path=/; SameSite=Lax${secure}`;
}

let applied = 0;

async function apply(locale: string): Promise<void> {
  const run = ++applied;
  const language = languageOf(locale) ?? "en";
  const messages = (await catalogues[language]()).default;
  // A later choice has been quicker.
  if (run !== applied) return;
  document.documentElement.lang = language;
  document.documentElement.dir = isRightToLeft(language) ? "rtl" : "ltr";
  store.set({ ...store.get(), language, locale: regional(language, locale), messages });
}

/** Codes, versions and units of plants have western digits everywhere, so numbers beside them have them too; and one calendar, the one of the plants. */
const regional = (language: Language, locale: string): string => (language === "ar" ? `${locale}-u-ca-gregory-nu-latn` : locale);

function languageOf(tag: string): Language | null {
  const language = tag.split("-")[0]?.toLowerCase() ?? "";
  return language in languages ? (language as Language) : null;
}

/** The language with its region, where there is no component. */
export const currentLocale = (): string => store.get().locale;

export const useLocalization = (): { language: Language; locale: string; zone: string; units: Units } => store.use();

/** Texts in the person's language. A text with several forms chooses by the value `count`. */
export function useText(): (key: TextKey, values?: Values) => string {
  const { messages, locale } = store.use();
  // The same function as long as the language is: what depends on it is not made anew with every change of a page.
  return useCallback((key, values = {}) => fill(messages[key], key, values, locale), [messages, locale]);
}

/** The same, where there is no component. */
export const text = (key: TextKey, values: Values = {}): string => {
  const { messages, locale } = store.get();
  return fill(messages[key], key, values, locale);
};

/** Several words in a row, without an "and": "a, b, c". */
export function listed(words: string[]): string {
  const { locale } = store.get();
  // Latin words in an Arabic row would change places.
  return new Intl.ListFormat(locale, { type: "conjunction", style: "narrow" }).format(isRightToLeft(locale) ? words.map(isolated) : words);
}

/** Several words in a sentence: "a, b, and c", or "a, b, or c". */
export function joined(words: string[], match: "all" | "any"): string {
  const { locale } = store.get();
  return new Intl.ListFormat(locale, { type: match === "all" ? "conjunction" : "disjunction", style: "long" }).format(isRightToLeft(locale) ? words.map(isolated) : words);
}

/** Whether there is a text of this key: for keys that come from the server, such as codes of problems. */
export const hasText = (key: string): key is TextKey => key in store.get().messages;

function fill(message: Message | undefined, key: string, values: Values, locale: string): string {
  if (message === undefined) return key;
  const form = typeof message === "string" ? message : formFor(message, values["count"], locale);
  return form.replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = values[name];
    if (value === undefined) return whole;
    if (typeof value === "number") return new Intl.NumberFormat(locale).format(value);
    return isRightToLeft(locale) ? isolated(value) : value;
  });
}

function formFor(forms: { [category: string]: string }, count: string | number | undefined, locale: string): string {
  const category = new Intl.PluralRules(locale).select(Number(count ?? 0));
  return forms[category] ?? forms["other"] ?? "";
}
