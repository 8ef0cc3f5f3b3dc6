import { useCallback } from "react";
import { useText } from "../../shared/localization";

/** Units of quantities that have a name in each language. Any other is what somebody has typed. */
export const usualUnits = ["pcs", "h", "day", "km", "kg", "m", "l"] as const;

export function useUnitName(): (unit: string) => string {
  const text = useText();
  return useCallback((unit: string) => {
    const known = usualUnits.find((one) => one === unit);
    return known ? text(`orders.cost.unit.${known}`) : unit;
  }, [text]);
}
