import type { HistoryEntry } from "generated/api";
import { useMemo } from "react";
import { useData } from "../../shared/data";
import type { WorkOrder } from "./orders";

/** Who has taken which step, as far as it still counts: what was sent back or reopened has to be looked at again. */
export interface Steps { submittedBy: string | null; approvedBy: string | null; verifiedBy: string | null }

function stepsOf(entries: readonly HistoryEntry[]): Steps {
  const steps: Steps = { submittedBy: null, approvedBy: null, verifiedBy: null };
  for (const { transition, by } of entries) {
    const who = by ?? null;
    if (transition === "submit") Object.assign(steps, { submittedBy: who, approvedBy: null });
    else if (transition === "approve") steps.approvedBy = who;
    else if (transition === "reject") Object.assign(steps, { submittedBy: null, approvedBy: null });
    else if (transition === "verify") steps.verifiedBy = who;
    else if (transition === "reopen") steps.verifiedBy = null;
  }
  return steps;
}

/** What has happened to a work order. */
export function useHistory(order: WorkOrder) {
  const { data, problem, retry } = useData("GET /api/v1/workorders/{id}/history", { path: { id: order.id } });
  const entries = data?.items;
  const steps = useMemo(() => stepsOf(entries ?? []), [entries]);
  return { entries, problem, retry, ...steps };
}
