import { useCallback, useMemo } from "react";
import { isolated, isRightToLeft, useLocalization } from "../../shared/localization";

/** What a currency is called, with its code: `Euro (EUR)`. */
export function useCurrencyName(): (code: string) => string {
  const { locale } = useLocalization();
  const names = useMemo(() => new Intl.DisplayNames(locale, { type: "currency" }), [locale]);
  return useCallback((code: string) => {
    const name = names.of(code) ?? code;
    return name === code ? code : `${name} (${isRightToLeft(locale) ? isolated(code) : code})`;
  }, [names, locale]);
}

/** The currencies that the browser knows, for choosing one. Whether people pay with it is the server's to say. */
export const currencyCodes = (): string[] =>
  // The types of this compiler are older than the function.
  (Intl as unknown as { supportedValuesOf?: (key: "currency") => string[] }).supportedValuesOf?.("currency") ?? ["EUR", "USD", "GBP", "CNY", "INR", "BRL", "AED"];
