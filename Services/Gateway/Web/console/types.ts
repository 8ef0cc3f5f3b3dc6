import { useCallback } from "react";
import { hasText, useText } from "../shared/localization";

/** What a type of assets is called: `wind_turbine` as "Wind turbine". Types that only one plant has are words of those who run it. */
export function useTypeName(): (type: string) => string {
  const text = useText();
  return useCallback((type: string) => {
    const key = `plant.kind.${type}`;
    return hasText(key) ? text(key) : type.replace(/_/g, " ");
  }, [text]);
}
