import type { CreateAlertRule, Operations } from "generated/api";
import type { Rule, Severity } from "../../alerts/alerts";

export type RuleChange = Operations["PATCH /api/v1/alert-rules/{id}"]["body"];

/** A rule as its form has it. */
export interface RuleValues {
  name: string;
  /** What it watches: everything, a site, or an asset. */
  scope: "all" | "site" | "asset";
  siteId: string;
  assetId: string | null;
  tag: string | null;
  comparison: Rule["comparison"];
  threshold: number | null;
  consecutive: number | null;
  severity: Severity;
  createsWorkOrder: boolean;
  isEnabled: boolean;
}

export const emptyRule: RuleValues = {
  name: "", scope: "all", siteId: "", assetId: null, tag: null, comparison: "above", threshold: null, consecutive: 3,
  severity: "warning", createsWorkOrder: false, isEnabled: true,
};

export const valuesOf = (rule: Rule): RuleValues => ({
  name: rule.name, scope: rule.assetId ? "asset" : rule.siteId ? "site" : "all", siteId: rule.siteId ?? "", assetId: rule.assetId ?? null,
  tag: rule.tag, comparison: rule.comparison, threshold: rule.threshold, consecutive: rule.consecutive, severity: rule.severity,
  createsWorkOrder: rule.createsWorkOrder, isEnabled: rule.isEnabled,
});

export function creationOf(values: RuleValues): CreateAlertRule {
  const tag = values.tag ?? "";
  return {
    name: values.name.trim(),
    // A kind is a word for machines: rules of one tag and direction have the same.
    type: `${tag.replace(/\W+/g, "_")}_${values.comparison === "above" ? "high" : "low"}`.toUpperCase().slice(-64),
    tag, comparison: values.comparison, threshold: values.threshold ?? 0, consecutive: values.consecutive ?? 1,
    severity: values.severity, createsWorkOrder: values.createsWorkOrder,
    ...(values.scope === "site" ? { siteId: values.siteId } : {}),
    ...(values.scope === "asset" ? { assetId: values.assetId } : {}),
  };
}

/** What of a rule can be changed later. */
export const changeable = ["name", "threshold", "consecutive", "severity", "createsWorkOrder", "isEnabled"] as const;
export type Changeable = (typeof changeable)[number];

export const changed = (before: RuleValues, after: RuleValues): Changeable[] => changeable.filter((field) => before[field] !== after[field]);

export function changeOf(before: RuleValues, after: RuleValues): RuleChange {
  return Object.fromEntries(changed(before, after).map((field) => [field, field === "name" ? after.name.trim() : after[field]])) as RuleChange;
}
