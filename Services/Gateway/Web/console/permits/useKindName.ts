import { useCallback } from "react";
import { useLocalization, useText } from "../../shared/localization";
import type { PermitKind } from "./permits";

/** The name of a kind where it begins a line: within sentences it is written small. */
export function useKindName(): (kind: PermitKind) => string {
  const text = useText();
  const { locale } = useLocalization();
  return useCallback((kind: PermitKind) => {
    const words = text(`orders.permitKind.${kind}`);
    return words.charAt(0).toLocaleUpperCase(locale) + words.slice(1);
  }, [text, locale]);
}
