import { useRef, useState } from "react";
import { Problem } from "../../shared/api/Problem";
import { readOrder } from "./changes";
import type { WorkOrder } from "./orders";

export type Result = "waiting" | "running" | "done" | Problem;

/** So many at a time: the server has others to serve. */
const abreast = 4;

/** Does the same to several work orders, a request for each, and keeps what became of each one. */
export function useRun(orders: readonly WorkOrder[], act: (order: WorkOrder) => Promise<unknown>) {
  const [results, setResults] = useState<ReadonlyMap<string, Result>>(new Map());
  const [isRunning, setIsRunning] = useState(false);
  const now = useRef(results);

  const note = (id: string, result: Result) => {
    now.current = new Map(now.current).set(id, result);
    setResults(now.current);
  };
  const one = async (order: WorkOrder) => {
    const before = now.current.get(order.id);
    note(order.id, "running");
    try {
      // Whoever tries again after a refusal wants it done to what is there now.
      await act(before instanceof Problem ? await readOrder(order.id) : order);
      note(order.id, "done");
    } catch (error) {
      note(order.id, Problem.from(error));
    }
  };
  /** Those that are not done yet. Whether all are done afterwards. */
  const start = async (): Promise<boolean> => {
    const queue = orders.filter((order) => now.current.get(order.id) !== "done");
    setIsRunning(true);
    await Promise.all(Array.from({ length: abreast }, async () => {
      for (let next = queue.shift(); next; next = queue.shift()) await one(next);
    }));
    setIsRunning(false);
    return orders.every((order) => now.current.get(order.id) === "done");
  };
  const failed = orders.filter((order) => results.get(order.id) instanceof Problem);
  return { results, isRunning, start, failed };
}
