import type { SetCostEstimate, WorkOrderCostsResponse } from "generated/api";
import { change, useData } from "../../shared/data";
import { useMay } from "../../shared/session/session";
import type { WorkOrder } from "../orders/orders";
import { isMoreThanNone, left } from "../parts/quantity";
import { useCosts } from "./costs";

/** What somebody expects a work order to cost. */
export type Estimate = NonNullable<WorkOrderCostsResponse["estimate"]>;
export type EstimateItem = SetCostEstimate["items"][number];
export const estimateCategories: EstimateItem["category"][] = ["labor", "parts", "services", "overhead", "other"];

/** Without items, it is taken back. */
export const setEstimate = (order: WorkOrder, items: EstimateItem[]) => change("PUT /api/v1/costs/workorders/{id}/estimate", { path: { id: order.id }, body: { items } });

/** Above which amount the policy asks for something, and whether the work is expected to cost more; `undefined`: it asks for nothing because of an amount. */
export function useAmountRule(order: WorkOrder | undefined, asks: "approval" | "notes" = "approval"): { amount: string; estimate: Estimate | null | undefined; isAbove: boolean } | undefined {
  const seesCosts = useMay()("workorder-cost:read");
  const { data: policy } = useData("GET /api/v1/workorders/policy", {});
  const amount = policy?.[asks].when === "above" ? policy[asks].amount : undefined;
  const { data } = useCosts(order, seesCosts && typeof amount === "string");
  if (typeof amount !== "string") return undefined;
  const estimate = data && (data.estimate ?? null);
  return { amount, estimate, isAbove: Boolean(estimate) && isMoreThanNone(left(estimate?.total.amount ?? "0", amount)) };
}
