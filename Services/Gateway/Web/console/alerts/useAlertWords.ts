import { useCallback, useMemo } from "react";
import { useWhole } from "../../shared/data/useWhole";
import { useFormat } from "../../shared/localization/format";
import { unitText } from "../../shared/localization/units";
import { useMay } from "../../shared/session/session";
import type { Alert, Rule } from "./alerts";

/** The rules that the person may see, by id. */
export function useRules(): ReadonlyMap<string, Rule> {
  const may = useMay();
  const { data } = useWhole("GET /api/v1/alert-rules", may("alert-rule:read") ? { query: { limit: 200 } } : null);
  return useMemo(() => new Map((data?.items ?? []).map((rule) => [rule.id, rule])), [data]);
}

/** What an alert is called: as its rule is, or by its kind if the rule is gone or may not be seen. */
export function useAlertTitle(): (alert: Alert) => string {
  const rules = useRules();
  return useCallback((alert: Alert) => rules.get(alert.ruleId)?.name ?? readable(alert.type), [rules]);
}

/** `TEMPERATURE_HIGH` as "Temperature high". Kinds are words of those who made the rule. */
export function readable(type: string): string {
  const words = type.replace(/_/g, " ").toLocaleLowerCase();
  return words.charAt(0).toLocaleUpperCase() + words.slice(1);
}

/** A value with its unit. */
export function useMeasured(): (value: number, unit: string) => string {
  const format = useFormat();
  return useCallback((value: number, unit: string) => (unitText(unit) === "" ? format.number(value) : format.measured(value, unitText(unit))), [format]);
}
