import type { ChangeWorkOrder, MoveWorkOrder } from "generated/api";
import { call } from "../../shared/api/call";
import { change } from "../../shared/data";
import { moves, statusOf, type Move, type WorkOrder } from "./orders";

/** Something to be done to one work order: a move, or a change of its fields. */
export type Action = { move: Move; body?: MoveWorkOrder } | { change: ChangeWorkOrder };

/** Does it, and shows that at once. */
export const perform = (order: WorkOrder, action: Action): Promise<WorkOrder> =>
  "move" in action ? moveOrder(order, action.move, action.body) : changeOrder(order, action.change);

/** Moves it to another state, and shows that at once. */
export const moveOrder = (order: WorkOrder, move: Move, body: MoveWorkOrder = {}): Promise<WorkOrder> => {
  const { to } = moves[move];
  const times = move === "schedule" ? { scheduledStart: body.scheduledStart, scheduledEnd: body.scheduledEnd } : {};
  // Which moves are open then is the server's to say: none until it has.
  const foreseen = { status: statusOf(to), phase: to, allowedTransitions: [], ...times };
  return change(
    "POST /api/v1/workorders/{id}/transitions/{transition}",
    { path: { id: order.id, transition: move }, body },
    { version: order.version, kind: "workorders", foreseen: { kind: "workorders", id: order.id, change: foreseen } }
  );
};

/** Changes fields, and shows that at once. */
export const changeOrder = (order: WorkOrder, body: ChangeWorkOrder): Promise<WorkOrder> =>
  change(
    "PATCH /api/v1/workorders/{id}",
    { path: { id: order.id }, body },
    { version: order.version, kind: "workorders", foreseen: { kind: "workorders", id: order.id, change: body } }
  );

/** To plan it, or to plan it anew, whichever it takes where it stands: what waits for approval is planned without being scheduled. */
export const planning = (order: WorkOrder, start: string, end: string | null): Action => {
  const body = { scheduledStart: start, scheduledEnd: end };
  return order.status === "open" && order.phase !== "submitted" ? { move: "schedule", body } : { change: body };
};

/** Deletes a draft. */
export const deleteOrder = (order: WorkOrder): Promise<void> => change("DELETE /api/v1/workorders/{id}", { path: { id: order.id } }, { version: order.version }) as Promise<void>;

/** As it is on the server now. */
export const readOrder = (id: string): Promise<WorkOrder> => call("GET /api/v1/workorders/{id}", { path: { id } });
