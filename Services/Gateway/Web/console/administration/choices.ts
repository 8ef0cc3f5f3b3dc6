import { languageNames } from "../../shared/localization";
import type { Option } from "../../shared/ui";

/** Of the countries in which plants are run. */
export const currencies: Option[] = ["AUD", "BRL", "CHF", "CNY", "EUR", "GBP", "INR", "JPY", "MXN", "SAR", "USD", "ZAR"].map((value) => ({ value, label: value }));

export const languages = (): Option[] => languageNames.map(({ language, name }) => ({ value: language, label: name }));

/** Every time zone that the browser knows. */
export const zoneOptions = (): Option[] => {
  const known = (Intl as unknown as { supportedValuesOf?: (key: string) => string[] }).supportedValuesOf?.("timeZone") ?? [];
  return ["UTC", ...known.filter((one) => one !== "UTC")].map((value) => ({ value, label: value.replace(/_/g, " ") }));
};
