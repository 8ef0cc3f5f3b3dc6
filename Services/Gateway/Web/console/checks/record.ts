import type { AddTask, ChangeTask, TaskResponse } from "generated/api";
import { change, Problem } from "../../shared/data";
import { cache } from "../../shared/data/cache";
import { readOrder } from "../orders/changes";
import type { WorkOrder } from "../orders/orders";
import { outcomeOf, RecordedByOther, recordOf } from "./check";

/**
 * Records how a task was done, and shows that at once.
 *
 * What others change of the work order meanwhile is in nobody's way. If it is this task, ``RecordedByOther`` says so, and nothing is lost.
 */
export async function recordTask(order: WorkOrder, task: TaskResponse, body: Pick<ChangeTask, "status" | "notes" | "answer">): Promise<void> {
  let seen = order;
  for (;;) {
    try {
      await send(seen, task, body);
      return;
    } catch (error) {
      if (Problem.from(error).code !== "stale_version") throw error;
      seen = await readOrder(order.id);
      cache.tell("workorders", seen.id, seen);
      const now = seen.tasks.find((one) => one.id === task.id);
      if (now && recordOf(now) !== recordOf(task)) throw new RecordedByOther(now);
    }
  }
}

function send(order: WorkOrder, task: TaskResponse, body: Pick<ChangeTask, "status" | "notes" | "answer">) {
  const { answer, ...rest } = body;
  const isRecorded = (body.status ?? task.status) === "completed";
  const told = answer && task.check ? { answer, outcome: outcomeOf(task.check, answer) } : isRecorded ? {} : { answer: null, outcome: null };
  const tasks = order.tasks.map((one) => (one.id === task.id ? { ...one, ...rest, ...told } : one));
  return change(
    "PATCH /api/v1/workorders/{id}/tasks/{task}",
    { path: { id: order.id, task: task.id }, body },
    { version: order.version, kind: "workorders", foreseen: { kind: "workorders", id: order.id, change: { tasks } } }
  );
}

/** Changes what a task asks for, or its place. */
export const changeTask = (order: WorkOrder, task: TaskResponse, body: ChangeTask, version?: number): Promise<WorkOrder> =>
  change("PATCH /api/v1/workorders/{id}/tasks/{task}", { path: { id: order.id, task: task.id }, body }, { kind: "workorders", ...(version === undefined ? {} : { version }) });

export const addTask = (order: WorkOrder, body: AddTask): Promise<WorkOrder> => change("POST /api/v1/workorders/{id}/tasks", { path: { id: order.id }, body }, { kind: "workorders" });

export const removeTask = (order: WorkOrder, task: TaskResponse): Promise<WorkOrder> =>
  change("DELETE /api/v1/workorders/{id}/tasks/{task}", { path: { id: order.id, task: task.id } }, { kind: "workorders" });
