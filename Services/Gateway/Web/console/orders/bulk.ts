import { Problem } from "../../shared/api/Problem";
import { perform, type Action } from "./changes";
import type { WorkOrder } from "./orders";

export type Verdict = "running" | "done" | Problem;

/** So many at a time: the server has others to serve. */
const abreast = 4;

/**
 * Does something to several work orders, and tells of each what becomes of it. One that is refused keeps none of the others from it.
 *
 * A request for each. Whatever the console does to several goes through here.
 */
export async function performAll(orders: readonly WorkOrder[], actionOf: (order: WorkOrder) => Action, tell: (order: WorkOrder, verdict: Verdict) => Promise<void> | void): Promise<void> {
  const queue = [...orders];
  const one = async (order: WorkOrder): Promise<void> => {
    await tell(order, "running");
    try {
      await perform(order, actionOf(order));
    } catch (error) {
      return tell(order, Problem.from(error));
    }
    await tell(order, "done");
  };
  await Promise.all(Array.from({ length: abreast }, async () => {
    for (let next = queue.shift(); next; next = queue.shift()) await one(next);
  }));
}
