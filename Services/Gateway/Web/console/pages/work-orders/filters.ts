import type { Operations } from "generated/api";
import { standingOf, standings, type Standing } from "../../levels/levels";
import { isDueWithin, isOverdue, openStatuses, phases, priorities, types, type Phase, type Priority, type WorkOrder, type WorkOrderStatus, type WorkOrderType } from "../../orders/orders";
import { stageOf, statusesFrom } from "./stages";

/** What of the work orders is shown. All of it stands in the URL. */
export interface Filters {
  status: WorkOrderStatus[];
  /** Where they stand within their states: chosen instead of states. */
  phase: Phase[];
  type: WorkOrderType[];
  priority: Priority[];
  /** How it keeps to its service level. */
  level: Standing[];
  site: string;
  portfolio: string;
  asset: string;
  /** A person's id. */
  assignee: string;
  isUnassigned: boolean;
  isOverdue: boolean;
  /** What is in the archive, and nothing else. */
  isArchived: boolean;
  /** Its planned end is within so many days; 0: whenever it is. */
  due: number;
  words: string;
}

const several = <Value extends string>(given: string | null, known: readonly Value[]): Value[] => {
  const wanted = (given ?? "").split(",");
  return known.filter((value) => wanted.includes(value));
};

/** Nothing was chosen: the list shows what is not finished, and the URL says so from then on. A link that chooses anything shows what it always did. */
export const isFresh = (search: URLSearchParams): boolean => !search.has("sort") && filterNames.every((name) => !search.has(name));

export const filtersOf = (search: URLSearchParams): Filters => ({
  status: statusesFrom(isFresh(search) ? "unfinished" : search.get("status") ?? "all"),
  phase: several(search.get("phase"), phases),
  type: several(search.get("type"), types),
  priority: several(search.get("priority"), priorities),
  level: several(search.get("level"), standings),
  site: search.get("site") ?? "",
  portfolio: search.get("portfolio") ?? "",
  asset: search.get("asset") ?? "",
  assignee: search.get("assignee") ?? "",
  isUnassigned: search.get("unassigned") === "1",
  isOverdue: search.get("overdue") === "1",
  isArchived: search.get("archived") === "1",
  due: /^[1-9]\d?$/.test(search.get("due") ?? "") ? Number(search.get("due")) : 0,
  words: search.get("q") ?? "",
});

/** The parts of the URL that filter: they make a saved filter, and are what "clear" clears. */
export const filterNames = ["status", "phase", "type", "priority", "level", "site", "portfolio", "asset", "assignee", "unassigned", "overdue", "archived", "due", "q"] as const;

/** Whether anything is left out, beside what is over or what is not. */
export const isNarrowed = (filters: Filters, words: string): boolean =>
  words !== "" || stageOf(filters) === undefined ||
  Object.entries(filters).some(([name, value]) => name !== "words" && name !== "status" && (Array.isArray(value) ? value.length > 0 : Boolean(value)));

export type Query = Operations["GET /api/v1/workorders"]["query"];

/** What the API takes as words. */
const longest = 100;

/**
 * How the server narrows the list. The page filters once more, so that it answers before the server does.
 *
 * @param ofScope What it is narrowed to by the sites.
 */
export function queryOf(filters: Filters, ofScope: { siteId?: string[] }, now = Date.now()): Query {
  const some = <Value>(values: Value[]) => (values.length > 0 ? values : undefined);
  const query: Record<string, unknown> = {
    status: some(filters.status),
    phase: some(filters.phase),
    // The most urgent of what is to be done are on the first page.
    sort: stageOf(filters) === "unfinished" || filters.phase.length > 0 ? "-priority" : undefined,
    type: some(filters.type),
    priority: some(filters.priority),
    serviceLevel: some(filters.level),
    ...ofScope,
    assetId: filters.asset || undefined,
    assignedTo: filters.assignee || undefined,
    unassigned: filters.isUnassigned || undefined,
    overdue: filters.isOverdue || undefined,
    archived: filters.isArchived || undefined,
    q: filters.words.trim().slice(0, longest).trim() || undefined,
    // The server knows which work is planned for a time that touches these days; the page leaves what ends in them.
    ...(filters.due > 0 ? { ...(filters.phase.length === 0 ? { status: some(filters.status) ?? openStatuses } : {}), scheduledFrom: fullHour(now), scheduledTo: fullHour(now + filters.due * day + hour) } : {}),
    limit: 200,
  };
  return query as Query;
}

const hour = 3_600_000;
const day = 24 * hour;

/** The hour that has begun: the same read until the next one begins. */
const fullHour = (time: number): string => new Date(Math.floor(time / hour) * hour).toISOString();

const texts = new WeakMap<WorkOrder, string>();

function textOf(order: WorkOrder): string {
  let text = texts.get(order);
  if (text === undefined) texts.set(order, (text = `${order.number} ${order.title}`.toLocaleLowerCase()));
  return text;
}

/**
 * Whether a work order is to be shown.
 *
 * @param words What is typed and was not asked for yet: the server finds more than these, such as words of descriptions.
 */
export function matcher(filters: Filters, hasSite: (id: string) => boolean, words: string): (order: WorkOrder) => boolean {
  const wanted = words.toLocaleLowerCase().split(/\s+/).filter(Boolean);
  const now = Date.now();
  return (order) =>
    (filters.status.length === 0 || filters.status.includes(order.status)) &&
    (filters.phase.length === 0 || filters.phase.includes(order.phase)) &&
    (filters.type.length === 0 || filters.type.includes(order.type)) &&
    (filters.priority.length === 0 || filters.priority.includes(order.priority)) &&
    (filters.level.length === 0 || filters.level.some((one) => one === standingOf(order, now))) &&
    hasSite(order.siteId) &&
    (filters.asset === "" || order.assetId === filters.asset) &&
    (filters.assignee === "" || order.assignedTo === filters.assignee) &&
    (!filters.isUnassigned || !order.assignedTo) &&
    (!filters.isOverdue || isOverdue(order, now)) &&
    filters.isArchived === (order.archivedAt !== undefined) &&
    (filters.due === 0 || isDueWithin(order, filters.due, now)) &&
    (wanted.length === 0 || wanted.every((word) => textOf(order).includes(word)));
}
