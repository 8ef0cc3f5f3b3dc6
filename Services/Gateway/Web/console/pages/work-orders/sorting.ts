import type { Sort } from "../../../shared/ui";
import { priorities, statuses, type WorkOrder } from "../../orders/orders";

/** In the URL: `number`, or `-number` for the last first. */
export function sortOf(text: string | null): Sort {
  const key = (text ?? "age").replace(/^-/, "");
  return { key, direction: (text ?? "age").startsWith("-") ? "descending" : "ascending" };
}

export const sortText = ({ key, direction }: Sort): string | null => {
  const text = (direction === "descending" ? "-" : "") + key;
  return text === "age" ? null : text;
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
  // The youngest first is the usual order, as in the list of the server.
  age: (order) => -Date.parse(order.createdAt),
  updated: (order) => order.updatedAt,
};

export function sorted(orders: readonly WorkOrder[], { key, direction }: Sort): WorkOrder[] {
  const of = values[key] ?? values["age"];
  if (!of) return [...orders];
  const sign = direction === "descending" ? -1 : 1;
  const keyed = orders.map((order, place) => ({ order, value: of(order), place }));
  keyed.sort((one, other) => {
    if (one.value === other.value) return one.place - other.place;
    if (one.value === none) return 1;
    if (other.value === none) return -1;
    return one.value < other.value ? -sign : sign;
  });
  return keyed.map(({ order }) => order);
}
