import type { BudgetResponse, BudgetVarianceResponse, ChangeBudget, CreateBudget } from "generated/api";
import { useCallback } from "react";
import { call } from "../../shared/api/call";
import { change } from "../../shared/data";
import { useText } from "../../shared/localization";
import type { Tone } from "../../shared/ui";
import { useSites } from "../places";

/** What may be spent in a year, and what has become of it. */
export type Budget = BudgetResponse;
export type BudgetMonth = BudgetVarianceResponse["months"][number];
export type BudgetCategory = NonNullable<CreateBudget["category"]>;
export const budgetCategories: BudgetCategory[] = ["labor", "parts", "services", "overhead", "other"];

export const toneOf: Record<Budget["status"], Tone> = { under_budget: "success", on_track: "info", at_risk: "warning", over_budget: "danger" };

/** Years that somebody plans or looks back at, and the one that is asked for. */
export function years(asked?: number): number[] {
  const now = new Date().getFullYear();
  const near = Array.from({ length: 8 }, (_, index) => now - 3 + index);
  return [...new Set(asked ? [...near, asked] : near)].sort((one, other) => other - one);
}

/** Where it is for, and what for. */
export function useBudgetName(): (budget: Pick<Budget, "siteId" | "category">) => string {
  const text = useText();
  const sites = useSites();
  return useCallback(({ siteId, category }) => {
    const where = siteId ? sites.get(siteId)?.name ?? text("orders.budget.other_site") : text("orders.budget.all_sites");
    return category ? text("orders.budget.for", { site: where, category: text(`orders.cost.category.${category}`) }) : where;
  }, [text, sites]);
}

export const createBudget = (body: CreateBudget): Promise<Budget> => change("POST /api/v1/costs/budgets", { body });

export const changeBudget = (budget: Budget, body: ChangeBudget): Promise<Budget> =>
  change("PATCH /api/v1/costs/budgets/{id}", { path: { id: budget.id }, body }, { version: budget.version });

export const removeBudget = (budget: Budget): Promise<unknown> =>
  change("DELETE /api/v1/costs/budgets/{id}", { path: { id: budget.id } }, { version: budget.version });

/** As it is on the server now. */
export const readBudget = async ({ id }: Budget): Promise<Budget> => (await call("GET /api/v1/costs/budgets/{id}/variance", { path: { id } })).budget;
