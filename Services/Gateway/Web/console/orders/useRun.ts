import { useRef, useState } from "react";
import { Problem } from "../../shared/api/Problem";
import { performAll, performOne, type Verdict } from "./bulk";
import { readOrder, type Action } from "./changes";
import type { WorkOrder } from "./orders";

/** Does the same to several work orders, and keeps what became of each one. */
export function useRun(orders: readonly WorkOrder[], actionOf: (order: WorkOrder) => Action) {
  const [results, setResults] = useState<ReadonlyMap<string, Verdict>>(new Map());
  const [isRunning, setIsRunning] = useState(false);
  const now = useRef(results);
  /** As others have saved them meanwhile. */
  const newest = useRef(new Map<string, WorkOrder>());

  const note = async ({ id }: WorkOrder, verdict: Verdict) => {
    // Whoever tries again wants it done to what is there now, and has to see that first.
    if (verdict instanceof Problem && verdict.status === 409) await readOrder(id).then((read) => newest.current.set(id, read), () => undefined);
    now.current = new Map(now.current).set(id, verdict);
    setResults(now.current);
  };
  /** Those that are not done yet. Whether all are done afterwards. */
  const start = async (): Promise<boolean> => {
    setIsRunning(true);
    const left = orders.filter((order) => now.current.get(order.id) !== "done").map((order) => newest.current.get(order.id) ?? order);
    const [only] = left;
    if (orders.length === 1 && only) await performOne(only, actionOf(only), note);
    else await performAll(left, actionOf, note);
    setIsRunning(false);
    return orders.every((order) => now.current.get(order.id) === "done");
  };
  const failed = orders.filter((order) => results.get(order.id) instanceof Problem);
  return { results, newest: newest.current as ReadonlyMap<string, WorkOrder>, isRunning, start, failed };
}
