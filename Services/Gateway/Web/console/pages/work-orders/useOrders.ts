import { useMemo, useRef } from "react";
import type { Problem } from "../../../shared/data";
import { useWhole } from "../../../shared/data/useWhole";
import type { Sort } from "../../../shared/ui";
import type { WorkOrder } from "../../orders/orders";
import { matcher, queryOf, type Filters } from "./filters";
import { sorted } from "./sorting";

export interface Orders {
  /** Filtered and sorted. */
  shown: WorkOrder[];
  /** All that is loaded. */
  loaded: readonly WorkOrder[];
  isLoading: boolean;
  /** Nothing is on its way any more. */
  isWhole: boolean;
  problem: Problem | undefined;
  retry: () => void;
}

/** More than this are narrowed by filters instead. */
export const most = 10_000;

/** The work orders that the filters leave. What is there already is filtered at once; what the server has comes after. */
export function useOrders(filters: Filters, words: string, sort: Sort): Orders {
  const { data, isLoading, isWhole, problem, retry } = useWhole("GET /api/v1/workorders", { query: queryOf(filters) }, most);
  const before = useRef<readonly WorkOrder[]>([]);
  if (data) before.current = data.items;
  const loaded = data?.items ?? before.current;
  // Sorted once and filtered for each key: what is left keeps its order.
  const ordered = useMemo(() => sorted(loaded, sort), [loaded, sort.key, sort.direction]);
  const key = JSON.stringify({ ...filters, words });
  const shown = useMemo(() => ordered.filter(matcher(filters, words)), [ordered, key]);
  return { shown, loaded, isLoading: isLoading || (data === undefined && !problem), isWhole, problem, retry };
}
