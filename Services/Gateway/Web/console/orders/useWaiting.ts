import { useMemo } from "react";
import { useData } from "../../shared/data";
import { useFormat } from "../../shared/localization/format";
import { useMay } from "../../shared/session/session";
import { moves, waitings, type Waiting, type WorkOrder } from "./orders";

export interface WaitingOrders {
  phase: Waiting;
  /** The most urgent of them. */
  orders: readonly WorkOrder[];
  /** There are more than these. */
  hasMore: boolean;
  /** As people read it; `undefined` while it is not known. */
  count: string | undefined;
}

/** No page of the API has more; of more it is said that there are more. */
const most = 200;

/** What waits for an approval or a verification, if whoever is signed in may give it. `null`: nothing is read. */
export function useWaiting(query: { siteId?: string[] | undefined } | null): WaitingOrders[] {
  const format = useFormat();
  const may = useMay();
  const read = (phase: Waiting) => (query !== null && may("workorder:read") && may(moves[waitings[phase]].permission) ? { query: { ...query, phase: [phase], sort: "-priority" as const, limit: most } } : null);
  const reads = { submitted: useData("GET /api/v1/workorders", read("submitted")), completed: useData("GET /api/v1/workorders", read("completed")) };
  const [submitted, completed] = [reads.submitted.data, reads.completed.data];
  return useMemo(() => (Object.keys(waitings) as Waiting[]).flatMap((phase) => {
    if (!may(moves[waitings[phase]].permission)) return [];
    const data = phase === "submitted" ? submitted : completed;
    return [{ phase, orders: data?.items ?? [], hasMore: Boolean(data?.nextCursor), count: data && format.number(data.items.length) + (data.nextCursor ? "+" : "") }];
  }), [submitted, completed, may, format]);
}
