import { isOver, openStatuses, statuses, type WorkOrderStatus } from "../../orders/orders";

/** Whether what is over is shown. Each is a short name, in the URL, for some states; other choices of states have no name. */
export const stages = ["unfinished", "finished", "all"] as const;
export type Stage = (typeof stages)[number];

const statusesOf: Record<Stage, readonly WorkOrderStatus[]> = { unfinished: openStatuses, finished: statuses.filter(isOver), all: [] };

const isSame = (one: readonly string[], other: readonly string[]): boolean => one.length === other.length && one.every((value) => other.includes(value));

const stageOfStatuses = (chosen: readonly WorkOrderStatus[]): Stage | undefined => stages.find((stage) => isSame(statusesOf[stage], chosen));

/** Phases are a choice of their own. */
export const stageOf = ({ status, phase }: { status: readonly WorkOrderStatus[]; phase: readonly unknown[] }): Stage | undefined =>
  phase.length > 0 ? undefined : stageOfStatuses(status);

/** For the URL, where no states at all would be those of a list that somebody has just opened. */
export const statusText = (chosen: readonly WorkOrderStatus[]): string => stageOfStatuses(chosen) ?? chosen.join(",");

export function statusesFrom(text: string): WorkOrderStatus[] {
  const stage = stages.find((one) => one === text);
  const wanted = text.split(",");
  return stage ? [...statusesOf[stage]] : statuses.filter((status) => wanted.includes(status));
}
