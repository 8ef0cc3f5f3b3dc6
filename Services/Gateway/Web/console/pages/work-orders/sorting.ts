import type { Sort } from "../../../shared/ui";
import { currentClock, isOver } from "../../levels/levels";
import { priorities, statuses, type WorkOrder } from "../../orders/orders";
import type { Stage } from "./stages";

/** What one looks for first: the most urgent of what is to be done or waits, the latest of what is done, the youngest of all else. */
const usual = (stage: Stage | undefined, isByPhase: boolean): string => (stage === "unfinished" || isByPhase ? "-priority" : stage === "finished" ? "-completed" : "age");

/** In the URL: `number`, or `-number` for the last first. */
export function sortOf(given: string | null, stage: Stage | undefined, isByPhase: boolean): Sort {
  const text = given ?? usual(stage, isByPhase);
  return { key: text.replace(/^-/, ""), direction: text.startsWith("-") ? "descending" : "ascending" };
}

export const sortText = ({ key, direction }: Sort, stage: Stage | undefined, isByPhase: boolean): string | null => {
  const text = (direction === "descending" ? "-" : "") + key;
  return text === usual(stage, isByPhase) ? null : text;
};

type Value = string | number;
/** After everything else, in both directions. */
const none = "";

const values: Record<string, (order: WorkOrder) => Value> = {
  number: (order) => order.number,
  title: (order) => order.title.toLocaleLowerCase(),
  status: (order) => statuses.indexOf(order.status),
  priority: (order) => priorities.length - priorities.indexOf(order.priority),
  type: (order) => order.type,
  start: (order) => order.scheduledStart ?? none,
  end: (order) => order.scheduledEnd ?? none,
  // What was cancelled was over at its last change.
  completed: (order) => order.actualEnd ?? (order.status === "cancelled" ? order.updatedAt : none),
  level: (order) => { const clock = currentClock(order); return (clock && !isOver(clock) && clock.dueAt) || none; },
  // The youngest first is the usual order, as in the list of the server.
  age: (order) => -Date.parse(order.createdAt),
  updated: (order) => order.updatedAt,
};

export function sorted(orders: readonly WorkOrder[], { key, direction }: Sort): WorkOrder[] {
  const of = values[key] ?? values["age"];
  if (!of) return [...orders];
  const sign = direction === "descending" ? -1 : 1;
  // Of what is equally urgent, what is due first comes first.
  const due = (order: WorkOrder): Value => (key === "priority" ? order.scheduledEnd ?? none : none);
  const keyed = orders.map((order, place) => ({ order, value: of(order), due: due(order), place }));
  const compared = (one: Value, other: Value, sign: number): number => (one === other ? 0 : one === none ? 1 : other === none ? -1 : one < other ? -sign : sign);
  keyed.sort((one, other) => compared(one.value, other.value, sign) || compared(one.due, other.due, 1) || one.place - other.place);
  return keyed.map(({ order }) => order);
}
