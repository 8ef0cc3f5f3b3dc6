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
  /** As others have saved them meanwhile. */
  const newest = useRef(new Map<string, WorkOrder>());

  const note = (id: string, result: Result) => {
    now.current = new Map(now.current).set(id, result);
    setResults(now.current);
  };
  const one = async (order: WorkOrder) => {
    note(order.id, "running");
    try {
      await act(newest.current.get(order.id) ?? order);
      note(order.id, "done");
    } catch (error) {
      const problem = Problem.from(error);
      // Whoever tries again wants it done to what is there now, and has to see that first.
      if (problem.status === 409) await readOrder(order.id).then((read) => newest.current.set(order.id, read), () => undefined);
      note(order.id, problem);
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
  return { results, newest: newest.current as ReadonlyMap<string, WorkOrder>, isRunning, start, failed };
}
