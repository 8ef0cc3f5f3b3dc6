import type { Operations, Permission, WorkOrderResponse } from "generated/api";
import { toldPhases } from "../../shared/api/values";
import type { IconName, StatusKind } from "../../shared/ui";

export type WorkOrder = WorkOrderResponse;
export type WorkOrderStatus = WorkOrder["status"];
export type Phase = WorkOrder["phase"];
export type Priority = WorkOrder["priority"];
export type WorkOrderType = WorkOrder["type"];
/** Who does the work has a dialog of its own. */
export type Move = Exclude<Operations["POST /api/v1/workorders/{id}/transitions/{transition}"]["path"]["transition"], "assign">;

/** Whether what asked for the work was right. */
export type Verdict = NonNullable<WorkOrder["verdict"]>;
export const verdicts: Verdict[] = ["confirmed", "false_alarm", "unclear"];
/** A person's own work needs no verdict. */
export const isJudged = ({ origin }: WorkOrder): boolean => origin === "alert" || origin === "prediction";

export const statuses: WorkOrderStatus[] = ["draft", "open", "scheduled", "in_progress", "on_hold", "completed", "cancelled"];
export const isOver = (status: WorkOrderStatus): boolean => status === "completed" || status === "cancelled";
export const openStatuses = statuses.filter((status) => !isOver(status));
export const priorities: Priority[] = ["critical", "high", "medium", "low"];
export const types: WorkOrderType[] = ["corrective", "preventive", "predictive", "inspection", "emergency"];

/** What a phase says beyond its state. Those of the other states have no more to say. */
export const phases: Phase[] = ["submitted", "approved", "scheduled", "assigned", "completed", "verified", "closed"];
/** What somebody else than who has asked for the work, or done it, has to look at. */
export const waitings = { submitted: "approve", completed: "verify" } as const;
export type Waiting = keyof typeof waitings;

/** What is shown of where it stands: the phase if that says more than the state does, as without a policy it never does. */
export const standing = (order: WorkOrder): { kind: StatusKind; value: string } =>
  toldPhases.has(order.phase) ? { kind: "phase", value: order.phase } : { kind: "workOrder", value: order.status };

/** The name of any phase: some have that of their state. */
export const phaseLook = (phase: Phase): { kind: StatusKind; value: string } =>
  phases.includes(phase) && phase !== "scheduled" ? { kind: "phase", value: phase } : { kind: "workOrder", value: phase };

export const isWaiting = (order: WorkOrder): boolean => order.phase in waitings;

export const isClosed = (order: WorkOrder): boolean => isOver(order.status);

/** The page for paper. */
export const printPath = ({ id }: WorkOrder): string => `/work-orders/${id}/print`;

/** The week in everybody's schedule in which it is planned, by the clock of its site; this one, if it is not. */
export const boardPath = ({ siteId, scheduledStart }: WorkOrder): string => `/schedule?site=${siteId}${scheduledStart ? `&day=${scheduledStart.slice(0, 10)}` : ""}`;

/** Whether it can be changed where the work order stands: the server's table says so. */
export const isOpen = (order: WorkOrder, field: string): boolean => order.openFields.includes(field);

export const isOverdue = (order: WorkOrder, now = Date.now()): boolean =>
  !isClosed(order) && Boolean(order.scheduledEnd) && Date.parse(order.scheduledEnd ?? "") < now;

/** Whether its planned end is within so many days: what is late already is not. */
export function isDueWithin(order: WorkOrder, days: number, now = Date.now()): boolean {
  const end = Date.parse(order.scheduledEnd ?? "");
  return !isClosed(order) && end >= now && end < now + days * 86_400_000;
}

export const pendingTasks = (order: WorkOrder): string[] => order.tasks.filter((task) => task.status === "pending").map((task) => task.title);

/** What a move needs beside its place in the server's table of moves. */
export type Need = "reason" | "times" | "assignee" | "window" | "tasks" | "other_than_requester" | "other_than_worker";

interface MoveFacts {
  /** The phase that it leads to, where no policy says otherwise. */
  to: Phase;
  permission: Permission;
  icon: IconName;
  /** What it needs to know first. `note`: it may be left empty. */
  asks: "nothing" | "times" | "reason" | "note";
  needs?: Need[];
}

/** What each move leads to, and what it takes. Which ones a work order can make now is the server's to say. */
export const moves: Record<Move, MoveFacts> = {
  submit: { to: "approved", permission: "workorder:update", icon: "check", asks: "nothing" },
  approve: { to: "approved", permission: "workorder:approve", icon: "check", asks: "nothing", needs: ["other_than_requester"] },
  reject: { to: "draft", permission: "workorder:approve", icon: "minus", asks: "reason", needs: ["reason"] },
  schedule: { to: "scheduled", permission: "workorder:schedule", icon: "calendar", asks: "times", needs: ["times"] },
  unschedule: { to: "approved", permission: "workorder:reschedule", icon: "minus", asks: "nothing" },
  start: { to: "in_progress", permission: "workorder:execute", icon: "play", asks: "nothing", needs: ["assignee", "window"] },
  pause: { to: "on_hold", permission: "workorder:execute", icon: "pause", asks: "reason", needs: ["reason"] },
  resume: { to: "in_progress", permission: "workorder:execute", icon: "play", asks: "nothing", needs: ["assignee"] },
  complete: { to: "closed", permission: "workorder:execute", icon: "check-circle", asks: "note", needs: ["tasks"] },
  verify: { to: "verified", permission: "workorder:verify", icon: "check", asks: "nothing", needs: ["other_than_worker"] },
  reopen: { to: "in_progress", permission: "workorder:verify", icon: "play", asks: "reason", needs: ["reason"] },
  close: { to: "closed", permission: "workorder:close", icon: "check-circle", asks: "nothing" },
  cancel: { to: "cancelled", permission: "workorder:cancel", icon: "close", asks: "reason", needs: ["reason"] },
};

const stateOf: Partial<Record<Phase, WorkOrderStatus>> = { submitted: "open", approved: "open", assigned: "scheduled", verified: "completed", closed: "completed" };

/** The state that a phase is a part of. */
export const statusOf = (phase: Phase): WorkOrderStatus => stateOf[phase] ?? (phase as WorkOrderStatus);

export const movesOf = (order: WorkOrder): Move[] => order.allowedTransitions.filter((one): one is Move => one in moves);

/** The move that leads a work order to that state. */
export const moveTo = (order: WorkOrder, status: WorkOrderStatus): Move | undefined =>
  order.status === status ? undefined : movesOf(order).find((move) => statusOf(moves[move].to) === status);

/** Who wants to make a move. */
export interface Mover {
  self: string;
  /** Who has submitted the work, beside who has created it, if that is known. */
  submittedBy?: string | null | undefined;
}

/** Whether something that a move needs is missing, as far as the page can tell; `null`: it is asked for, or only the server knows. */
export function lacks(order: WorkOrder, need: Need, { self, submittedBy }: Mover): boolean | null {
  switch (need) {
    case "assignee": return !order.assignedTo;
    case "tasks": return pendingTasks(order).length > 0;
    case "other_than_requester": return order.createdBy === self || submittedBy === self;
    case "other_than_worker": return order.workedBy.includes(self);
    default: return null;
  }
}

/** What stands in the way of a move. */
export const obstacle = (order: WorkOrder, move: Move, mover: Mover): Need | undefined => moves[move].needs?.find((need) => lacks(order, need, mover));
