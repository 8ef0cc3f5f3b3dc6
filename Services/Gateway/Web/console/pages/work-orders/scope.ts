import { isOver, openStatuses, statuses, type WorkOrderStatus } from "../../orders/orders";

/** Whether what is over is shown. Each is a short name, in the URL, for some states; other choices of states have no name. */
export const scopes = ["unfinished", "finished", "all"] as const;
export type Scope = (typeof scopes)[number];

const statusesOf: Record<Scope, readonly WorkOrderStatus[]> = { unfinished: openStatuses, finished: statuses.filter(isOver), all: [] };

const isSame = (one: readonly string[], other: readonly string[]): boolean => one.length === other.length && one.every((value) => other.includes(value));

export const scopeOf = (chosen: readonly WorkOrderStatus[]): Scope | undefined => scopes.find((scope) => isSame(statusesOf[scope], chosen));

/** For the URL, where no states at all would be those of a list that somebody has just opened. */
export const statusText = (chosen: readonly WorkOrderStatus[]): string => scopeOf(chosen) ?? chosen.join(",");

export function statusesFrom(text: string): WorkOrderStatus[] {
  const scope = scopes.find((one) => one === text);
  const wanted = text.split(",");
  return scope ? [...statusesOf[scope]] : statuses.filter((status) => wanted.includes(status));
}
