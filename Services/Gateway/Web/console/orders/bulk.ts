import type { BulkVerdictReason } from "generated/api";
import { Problem } from "../../shared/api/Problem";
import { change } from "../../shared/data";
import { perform, type Action } from "./changes";
import type { WorkOrder } from "./orders";

export type Verdict = "running" | "done" | Problem;

/** So many the server takes at once. */
const most = 100;

type Tell = (order: WorkOrder, verdict: Verdict) => Promise<void> | void;

/**
 * Does something to several work orders, and tells of each what becomes of it. One that is refused keeps none of the others from it.
 *
 * One request does the same to all, with a verdict of its own for each. Whatever the console does to several goes through here.
 */
export async function performAll(orders: readonly WorkOrder[], actionOf: (order: WorkOrder) => Action, tell: Tell): Promise<void> {
  for (const { action, orders: group } of groups(orders, actionOf)) {
    await Promise.all(group.map((order) => tell(order, "running")));
    const found = await verdicts(group, action);
    await Promise.all(group.map((order) => tell(order, found.get(order.id) ?? "done")));
  }
}

/** The same to one, which is shown before it is done. */
export async function performOne(order: WorkOrder, action: Action, tell: Tell): Promise<void> {
  await tell(order, "running");
  try {
    await perform(order, action);
  } catch (error) {
    return tell(order, Problem.from(error));
  }
  await tell(order, "done");
}

interface Group { action: Action; orders: WorkOrder[] }

/** Those to which the same is done go together. */
function groups(orders: readonly WorkOrder[], actionOf: (order: WorkOrder) => Action): Group[] {
  const open = new Map<string, Group>();
  const all: Group[] = [];
  for (const order of orders) {
    const action = actionOf(order);
    const key = JSON.stringify(action);
    let group = open.get(key);
    if (!group || group.orders.length === most) {
      group = { action, orders: [] };
      open.set(key, group);
      all.push(group);
    }
    group.orders.push(order);
  }
  return all;
}

/** Those that were refused. A request that is refused as a whole is refused for each. */
async function verdicts(orders: readonly WorkOrder[], action: Action): Promise<ReadonlyMap<string, Problem>> {
  const items = orders.map(({ id, version }) => ({ id, version }));
  try {
    const answer = "move" in action
      ? await change("POST /api/v1/workorders/bulk/transitions/{transition}", { path: { transition: action.move }, body: { items, move: action.body ?? {} } })
      : await change("POST /api/v1/workorders/bulk/changes", { body: { items, change: action.change } });
    return new Map(answer.items.flatMap((verdict) => (verdict.problem ? [[verdict.id, problemOf(verdict.problem)] as const] : [])));
  } catch (error) {
    const problem = Problem.from(error);
    return new Map(orders.map(({ id }) => [id, problem]));
  }
}

/** As the work order's own route would have refused it. */
const problemOf = (reason: BulkVerdictReason): Problem =>
  new Problem({ ...reason, type: "about:blank", title: reason.code, error: reason.code, status: reason.currentVersion ? 409 : 400 });
