import { useCallback } from "react";
import { languages, type Language, type Message, type TextKey } from "generated/texts";
import { Store } from "../store";

export type { Language, TextKey } from "generated/texts";

export type Values = Record<string, string | number>;

interface Localization {
  language: Language;
  /** The language with its region, for numbers and dates: `en-GB`. */
  locale: string;
  messages: Record<string, Message>;
}

const store = new Store<Localization>({ language: "en", locale: "en-US", messages: {} });
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
export const isRightToLeft = (language: Language): boolean => rightToLeft.has(language);

/** The person's choice, or the first of the browser's languages that there is. */
export async function startLanguage(): Promise<void> {
  const chosen = readChoice();
  const wanted = chosen === null ? [...navigator.languages] : [chosen, ...navigator.languages];
  const locale = wanted.find((tag) => languageOf(tag) !== null) ?? "en-US";
  await apply(locale);
}

export async function chooseLanguage(language: Language): Promise<void> {
  writeChoice(language);
  const locale = navigator.languages.find((tag) => languageOf(tag) === language) ?? language;
  await apply(locale);
}

function readChoice(): string | null {
  const cookie = document.cookie.split("; ").find((pair) => pair.startsWith(`${choiceName}=`));
  if (cookie) return cookie.slice(choiceName.length + 1);
  // Where it was kept before: the other pages learn it now.
  const kept = localStorage.getItem(choiceName);
  if (kept !== null) {
    localStorage.removeItem(choiceName);
    if (languageOf(kept) !== null) writeChoice(kept);
  }
  return kept;
}

function writeChoice(language: string): void {
  const secure = location.protocol === "https:" ? "; Secure" : "";
  document.cookie = `${choiceName}=${language}; Max-Age=${year}; Path=/; SameSite=Lax${secure}`;
}

async function apply(locale: string): Promise<void> {
  const language = languageOf(locale) ?? "en";
  const messages = (await languages[language]()).default;
  document.documentElement.lang = language;
  document.documentElement.dir = isRightToLeft(language) ? "rtl" : "ltr";
  store.set({ language, locale, messages });
}

function languageOf(tag: string): Language | null {
  const language = tag.split("-")[0]?.toLowerCase() ?? "";
  return language in languages ? (language as Language) : null;
}

export const useLocalization = (): { language: Language; locale: string } => store.use();

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

/** Whether there is a text of this key: for keys that come from the server, such as codes of problems. */
export const hasText = (key: string): key is TextKey => key in store.get().messages;

function fill(message: Message | undefined, key: string, values: Values, locale: string): string {
  if (message === undefined) return key;
  const form = typeof message === "string" ? message : formFor(message, values["count"], locale);
  return form.replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = values[name];
    if (value === undefined) return whole;
    return typeof value === "number" ? new Intl.NumberFormat(locale).format(value) : value;
  });
}

function formFor(forms: { [category: string]: string }, count: string | number | undefined, locale: string): string {
  const category = new Intl.PluralRules(locale).select(Number(count ?? 0));
  return forms[category] ?? forms["other"] ?? "";
}
