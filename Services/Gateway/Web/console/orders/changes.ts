import type { ChangeWorkOrder, MoveWorkOrder } from "generated/api";
import { call } from "../../shared/api/call";
import { change } from "../../shared/data";
import { moves, type Move, type WorkOrder } from "./orders";

/** Moves it to another state, and shows that at once. */
export const moveOrder = (order: WorkOrder, move: Move, body: MoveWorkOrder = {}): Promise<WorkOrder> => {
  const times = move === "schedule" ? { scheduledStart: body.scheduledStart, scheduledEnd: body.scheduledEnd } : {};
  // Which moves are open then is the server's to say: none until it has.
  const foreseen = { status: moves[move].to, allowedTransitions: [], ...times };
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

/** Plans it, or plans it anew, whichever its state takes. */
export const planOrder = (order: WorkOrder, start: string, end: string | null): Promise<WorkOrder> =>
  order.status === "open"
    ? moveOrder(order, "schedule", { scheduledStart: start, scheduledEnd: end })
    : changeOrder(order, { scheduledStart: start, scheduledEnd: end });

/** As it is on the server now. */
export const readOrder = (id: string): Promise<WorkOrder> => call("GET /api/v1/workorders/{id}", { path: { id } });
