import { useCallback } from "react";
import { useText, type TextKey } from "../../shared/localization";
import type { WorkOrder } from "./orders";

/**
 * A text about one work order names it; one about several says how many they are.
 *
 * They are two keys: some languages have one form for all numbers, and none to tell these apart by.
 */
export function useAbout(): (orders: readonly WorkOrder[], one: TextKey, several: TextKey) => string {
  const text = useText();
  return useCallback(
    (orders, one, several) => (orders.length === 1 && orders[0] ? text(one, { number: orders[0].number }) : text(several, { count: orders.length })),
    [text]
  );
}
