import type { NewAnswer, TaskAnswer, TaskCheck, TaskResponse } from "generated/api";
import type { WorkOrder } from "../orders/orders";

export type Kind = TaskCheck["kind"];
export type Outcome = NonNullable<TaskResponse["outcome"]>;

export const kinds: Kind[] = ["yes_no", "choice", "number", "text", "meter", "photo", "signature"];

/** Up to 12 digits before the point and 6 after it, as the API takes decimals. */
const decimal = /^-?(0|[1-9]\d{0,11})(\.\d{1,6})?$/;
export const isDecimal = (value: string): boolean => decimal.test(value);

/** Compares decimals by all their digits: negative, zero or positive. */
export function compareDecimals(one: string, other: string): number {
  const difference = scaled(one) - scaled(other);
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

function scaled(value: string): bigint {
  const [whole = "", rest = ""] = value.replace("-", "").split(".");
  const size = BigInt(whole + rest.padEnd(6, "0"));
  return value.startsWith("-") ? -size : size;
}

/** Whether an answer can fail at all. */
export const canFail = ({ kind, passes, failing, minimum, maximum }: Pick<TaskCheck, "kind" | "passes" | "failing" | "minimum" | "maximum">): boolean =>
  kind === "yes_no" ? typeof passes === "boolean" : kind === "choice" ? failing.length > 0 : kind === "number" && Boolean(minimum ?? maximum);

/** What the server will say of an answer, so that nobody is surprised. */
export function outcomeOf(check: TaskCheck, answer: NewAnswer): Outcome | null {
  if (!canFail(check)) return null;
  const { number } = answer;
  const isFailed =
    check.kind === "yes_no" ? answer.yes !== check.passes
    : check.kind === "choice" ? check.failing.includes(answer.choice ?? "")
    : Boolean(number && ((check.minimum && compareDecimals(number, check.minimum) < 0) || (check.maximum && compareDecimals(number, check.maximum) > 0)));
  return isFailed ? "failed" : "passed";
}

/** Tasks that have to be finished before. */
export const openBefore = (order: WorkOrder, task: TaskResponse): TaskResponse[] => order.tasks.filter((one) => one.status === "pending" && task.dependsOn.includes(one.id));

/** Tasks that wait for it. */
export const waitingFor = (order: WorkOrder, task: TaskResponse): TaskResponse[] => order.tasks.filter((one) => one.dependsOn.includes(task.id));

/** What was recorded of a task, to tell whether somebody else has recorded it meanwhile. */
export const recordOf = ({ status, answer, notes }: TaskResponse): string => JSON.stringify([status, cleanAnswer(answer), notes ?? null]);

const cleanAnswer = (answer: TaskAnswer | null | undefined) => (answer ? [answer.yes ?? null, answer.choice ?? null, answer.number ?? null, answer.text ?? null, answer.attachment ?? null] : null);

/** Somebody else has recorded the task first. */
export class RecordedByOther extends Error {
  constructor(readonly task: TaskResponse) {
    super("recorded meanwhile");
  }
}
