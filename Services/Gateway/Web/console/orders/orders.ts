import type { Operations, Permission, WorkOrderResponse } from "generated/api";
import type { IconName } from "../../shared/ui";

export type WorkOrder = WorkOrderResponse;
export type WorkOrderStatus = WorkOrder["status"];
export type Priority = WorkOrder["priority"];
export type WorkOrderType = WorkOrder["type"];
/** Who does the work has a dialog of its own. */
export type Move = Exclude<Operations["POST /api/v1/workorders/{id}/transitions/{transition}"]["path"]["transition"], "assign">;

export const statuses: WorkOrderStatus[] = ["draft", "open", "scheduled", "in_progress", "on_hold", "completed", "cancelled"];
export const isOver = (status: WorkOrderStatus): boolean => status === "completed" || status === "cancelled";
export const openStatuses = statuses.filter((status) => !isOver(status));
export const priorities: Priority[] = ["critical", "high", "medium", "low"];
export const types: WorkOrderType[] = ["corrective", "preventive", "predictive", "inspection", "emergency"];

export const isClosed = (order: WorkOrder): boolean => isOver(order.status);

/** Whether it can be changed where the work order stands: the server's table says so. */
export const isOpen = (order: WorkOrder, field: string): boolean => order.openFields.includes(field);

export const isOverdue = (order: WorkOrder, now = Date.now()): boolean =>
  !isClosed(order) && Boolean(order.scheduledEnd) && Date.parse(order.scheduledEnd ?? "") < now;

/** Whether its planned end is within so many days: what is late already is not. */
export function isDueWithin(order: WorkOrder, days: number, now = Date.now()): boolean {
  const end = Date.parse(order.scheduledEnd ?? "");
  return !isClosed(order) && end >= now && end < now + days * 86_400_000;
}

export const pendingTasks = (order: WorkOrder): number => order.tasks.filter((task) => task.status === "pending").length;

interface MoveFacts {
  to: WorkOrderStatus;
  permission: Permission;
  icon: IconName;
  /** What it needs to know first. `note`: it may be left empty. */
  asks: "nothing" | "times" | "reason" | "note";
}

/** What each move leads to, and what it takes. Which ones a work order can make now is the server's to say. */
export const moves: Record<Move, MoveFacts> = {
  submit: { to: "open", permission: "workorder:update", icon: "check", asks: "nothing" },
  approve: { to: "open", permission: "workorder:approve", icon: "check", asks: "nothing" },
  reject: { to: "draft", permission: "workorder:approve", icon: "minus", asks: "reason" },
  schedule: { to: "scheduled", permission: "workorder:schedule", icon: "calendar", asks: "times" },
  unschedule: { to: "open", permission: "workorder:reschedule", icon: "minus", asks: "nothing" },
  start: { to: "in_progress", permission: "workorder:execute", icon: "play", asks: "nothing" },
  pause: { to: "on_hold", permission: "workorder:execute", icon: "pause", asks: "reason" },
  resume: { to: "in_progress", permission: "workorder:execute", icon: "play", asks: "nothing" },
  complete: { to: "completed", permission: "workorder:execute", icon: "check-circle", asks: "note" },
  verify: { to: "completed", permission: "workorder:verify", icon: "check", asks: "nothing" },
  reopen: { to: "in_progress", permission: "workorder:verify", icon: "play", asks: "reason" },
  close: { to: "completed", permission: "workorder:close", icon: "check-circle", asks: "nothing" },
  cancel: { to: "cancelled", permission: "workorder:cancel", icon: "close", asks: "reason" },
};

export const movesOf = (order: WorkOrder): Move[] => order.allowedTransitions.filter((one): one is Move => one in moves);

/** The move that leads a work order to that state. */
export const moveTo = (order: WorkOrder, status: WorkOrderStatus): Move | undefined =>
  order.status === status ? undefined : movesOf(order).find((move) => moves[move].to === status);

/** What stands in the way of a move, as far as the page can tell. */
export function obstacle(order: WorkOrder, move: Move): "unassigned" | "tasks" | null {
  if ((move === "start" || move === "resume") && !order.assignedTo) return "unassigned";
  if (move === "complete" && pendingTasks(order) > 0) return "tasks";
  return null;
}
