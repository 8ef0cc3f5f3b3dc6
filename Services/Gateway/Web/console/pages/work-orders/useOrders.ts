import { useMemo, useRef } from "react";
import type { Problem } from "../../../shared/data";
import { useWhole } from "../../../shared/data/useWhole";
import type { Sort } from "../../../shared/ui";
import type { WorkOrder } from "../../orders/orders";
import type { Scope } from "../../places";
import { matcher, queryOf, type Filters, type Query } from "./filters";
import { sorted } from "./sorting";

export interface Orders {
  /** Filtered and sorted. */
  shown: WorkOrder[];
  /** All that is loaded. */
  loaded: readonly WorkOrder[];
  isLoading: boolean;
  /** Nothing is on its way any more. */
  isWhole: boolean;
  /** What was asked for; `null`: it is not known yet for which sites. */
  query: Query | null;
  problem: Problem | undefined;
  retry: () => void;
}

const none: readonly WorkOrder[] = [];

/** More than this are narrowed by filters instead. */
export const most = 10_000;

/**
 * The work orders that the filters leave. What is there already is filtered at once; what the server has comes after.
 *
 * @param words What is typed: `filters` has it a moment later.
 */
export function useOrders(filters: Filters, scope: Scope, words: string, sort: Sort): Orders {
  const query = scope.query && queryOf(filters, scope.query);
  const { data, isLoading, isWhole, ...read } = useWhole("GET /api/v1/workorders", query && { query }, most);
  const { problem, retry } = scope.problem ? scope : read;
  const before = useRef<readonly WorkOrder[]>([]);
  if (data) before.current = data.items;
  // Of a part of the sites that are asked for, nothing is shown.
  const loaded = scope.query ? data?.items ?? before.current : none;
  // Sorted once and filtered for each key: what is left keeps its order.
  const ordered = useMemo(() => sorted(loaded, sort), [loaded, sort.key, sort.direction]);
  // The server has found what was asked for; only what it has not answered yet is looked for here.
  const unasked = data !== undefined && words.trim() === filters.words.trim() ? "" : words;
  const key = JSON.stringify({ ...filters, unasked });
  const shown = useMemo(() => ordered.filter(matcher(filters, scope.has, unasked)), [ordered, key, scope.has]);
  return { shown, loaded, query, isLoading: isLoading || (data === undefined && !problem && !scope.refusal), isWhole, problem, retry };
}
