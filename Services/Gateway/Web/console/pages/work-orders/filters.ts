import type { Operations } from "generated/api";
import { isOverdue, priorities, statuses, types, type Priority, type WorkOrder, type WorkOrderStatus, type WorkOrderType } from "../../orders/orders";

/** What of the work orders is shown. All of it stands in the URL. */
export interface Filters {
  status: WorkOrderStatus[];
  type: WorkOrderType[];
  priority: Priority[];
  site: string;
  asset: string;
  /** A person's id. */
  assignee: string;
  isUnassigned: boolean;
  isOverdue: boolean;
  words: string;
}

const several = <Value extends string>(given: string | null, known: readonly Value[]): Value[] => {
  const wanted = (given ?? "").split(",");
  return known.filter((value) => wanted.includes(value));
};

export const filtersOf = (search: URLSearchParams): Filters => ({
  status: several(search.get("status"), statuses),
  type: several(search.get("type"), types),
  priority: several(search.get("priority"), priorities),
  site: search.get("site") ?? "",
  asset: search.get("asset") ?? "",
  assignee: search.get("assignee") ?? "",
  isUnassigned: search.get("unassigned") === "1",
  isOverdue: search.get("overdue") === "1",
  words: search.get("q") ?? "",
});

/** The parts of the URL that filter: they make a saved filter, and are what "clear" clears. */
export const filterNames = ["status", "type", "priority", "site", "asset", "assignee", "unassigned", "overdue", "q"] as const;

type Query = Operations["GET /api/v1/workorders"]["query"];

/** What the server can narrow by. The page filters all of it once more, so that it answers before the server does. */
export function queryOf(filters: Filters): Query {
  const only = <Value>(values: Value[]) => (values.length === 1 ? values[0] : undefined);
  const query: Record<string, unknown> = {
    status: only(filters.status),
    type: only(filters.type),
    priority: only(filters.priority),
    siteId: filters.site || undefined,
    assetId: filters.asset || undefined,
    assignedTo: filters.assignee || undefined,
    limit: 200,
  };
  return query as Query;
}

const texts = new WeakMap<WorkOrder, string>();

function textOf(order: WorkOrder): string {
  let text = texts.get(order);
  if (text === undefined) texts.set(order, (text = `${order.number} ${order.title}`.toLocaleLowerCase()));
  return text;
}

/** Whether a work order is to be shown. */
export function matcher(filters: Filters, words: string): (order: WorkOrder) => boolean {
  const wanted = words.toLocaleLowerCase().split(/\s+/).filter(Boolean);
  const now = Date.now();
  return (order) =>
    (filters.status.length === 0 || filters.status.includes(order.status)) &&
    (filters.type.length === 0 || filters.type.includes(order.type)) &&
    (filters.priority.length === 0 || filters.priority.includes(order.priority)) &&
    (filters.site === "" || order.siteId === filters.site) &&
    (filters.asset === "" || order.assetId === filters.asset) &&
    (filters.assignee === "" || order.assignedTo === filters.assignee) &&
    (!filters.isUnassigned || !order.assignedTo) &&
    (!filters.isOverdue || isOverdue(order, now)) &&
    (wanted.length === 0 || wanted.every((word) => textOf(order).includes(word)));
}
