import type { AddPart, MovePart, PartMovedResponse, PartMovementResponse, PartResponse, Permission } from "generated/api";
import { call } from "../../shared/api/call";
import { change, useData } from "../../shared/data";
import { useWhole } from "../../shared/data/useWhole";
import { useMay } from "../../shared/session/session";
import type { IconName } from "../../shared/ui";
import { isOpen, type Phase, type WorkOrder } from "../orders/orders";
import { isMoreThanNone, isSameQuantity, left, trimmed } from "./quantity";

/** A part that work needs: how many are planned, and what has become of them. */
export type Part = PartResponse;
/** What happened to pieces of it. It stays as it is: what was wrong is taken back by another one. */
export type Movement = PartMovementResponse;
export type MoveKind = MovePart["kind"];

/** The parts of a work order, in the order in which they were added. */
export function useParts(order: WorkOrder) {
  const read = useData("GET /api/v1/workorders/{id}/parts", { path: { id: order.id } });
  return { ...read, parts: read.data?.items };
}

/** The latest first. */
export const useMovements = (part: Part) => {
  const read = useWhole("GET /api/v1/workorders/{id}/parts/{part}/movements", { path: path(part), query: { limit: 200 } });
  return { ...read, movements: read.data && [...read.data.items].reverse() };
};

/** Somebody has still to say what becomes of pieces of it. */
export const isUnsettled = (part: Part): boolean => isMoreThanNone(part.reserved) || isMoreThanNone(part.inHand);

/** How many of the planned ones can still be reserved. */
export const unreserved = ({ planned, reserved, issued, returned }: Part): string => left(planned, reserved, left(issued, returned));

interface MoveFacts {
  permission: Permission;
  icon: IconName;
  phases: readonly Phase[];
  /** How many there can be of it, where what was recorded before limits that. */
  most?: (part: Part) => string;
  /** What makes sense, if it is more than none. */
  usual: (part: Part) => string;
}

const atWork: Phase[] = ["approved", "scheduled", "assigned", "in_progress", "on_hold"];
// What nobody needs comes back to the store whenever it is found.
const later: Phase[] = [...atWork, "completed", "verified", "closed", "cancelled"];

/** What can happen to pieces, and when: the server has the same table. */
export const partMoves: Record<MoveKind, MoveFacts> = {
  used: {
    permission: "stock:consume", icon: "check", phases: ["in_progress", "on_hold", "completed"],
    // What nobody has issued is taken from the van, as it was planned.
    usual: ({ inHand, planned, used }) => (isMoreThanNone(inHand) ? inHand : left(planned, used)),
  },
  reserved: { permission: "stock:reserve", icon: "lock", phases: atWork, most: unreserved, usual: unreserved },
  issued: { permission: "stock:issue", icon: "arrow-end", phases: atWork, usual: (part) => (isMoreThanNone(part.reserved) ? part.reserved : unreserved(part)) },
  returned: { permission: "stock:return", icon: "arrow-start", phases: later, most: ({ inHand }) => inHand, usual: ({ inHand }) => inHand },
  released: { permission: "stock:reserve", icon: "minus", phases: later, most: ({ reserved }) => reserved, usual: ({ reserved }) => reserved },
};
export const moveKinds = Object.keys(partMoves) as MoveKind[];

export const usualQuantity = (part: Part, kind: MoveKind): string => {
  const usual = partMoves[kind].usual(part);
  return isMoreThanNone(usual) ? trimmed(usual) : "1";
};

/** What the person may do with the parts of a work order where it stands. */
export interface MayWithParts {
  plan: boolean;
  use: boolean;
  setCost: boolean;
  moves: (part: Part) => MoveKind[];
  /** A movement is taken back by whoever may make such a one. */
  takeBack: (movement: Movement) => boolean;
}

export function useMayWithParts(order: WorkOrder): MayWithParts {
  const may = useMay();
  const mayMove = (kind: MoveKind) => may(partMoves[kind].permission) && partMoves[kind].phases.includes(order.phase);
  return {
    plan: may("workorder:update") && isOpen(order, "parts"),
    use: mayMove("used"),
    setCost: may("workorder-cost:update"),
    moves: (part) => moveKinds.filter((kind) => mayMove(kind) && isMoreThanNone(partMoves[kind].most?.(part) ?? "1")),
    // What is reserved is released instead.
    takeBack: ({ kind, isReversed, reverses }) => !isReversed && !reverses && kind !== "reserved" && kind !== "released" && mayMove(kind),
  };
}

const path = ({ workOrderId, id }: Part) => ({ id: workOrderId, part: id });
/** What is used costs something. */
const also = ["costs"];

export const addPart = (order: WorkOrder, body: AddPart): Promise<Part> => change("POST /api/v1/workorders/{id}/parts", { path: { id: order.id }, body }, { also });

export const movePart = (part: Part, body: MovePart): Promise<PartMovedResponse> =>
  change("POST /api/v1/workorders/{id}/parts/{part}/movements", { path: path(part), body }, { also });

export const takeBack = (part: Part, movement: Movement, reason: string): Promise<PartMovedResponse> =>
  change("POST /api/v1/workorders/{id}/parts/{part}/movements/{movement}/reversal", { path: { ...path(part), movement: movement.id }, body: { reason } }, { also });

export const removePart = (part: Part): Promise<void> =>
  change("DELETE /api/v1/workorders/{id}/parts/{part}", { path: path(part) }, { version: part.version }) as Promise<void>;

/** What can be changed of a part. */
export interface Plan { name: string; planned: string; unitCost: string; currency: string }

export const planOf = ({ name, planned, unitCost }: Part, currency: string): Plan => ({ name, planned: trimmed(planned), unitCost: unitCost?.amount ?? "", currency: unitCost?.currency ?? currency });

export function changedPlan(before: Plan, after: Plan): (keyof Plan)[] {
  const isSameCost = before.unitCost === after.unitCost && (after.unitCost === "" || before.currency === after.currency);
  return [
    ...(before.name.trim() === after.name.trim() ? [] : ["name" as const]),
    ...(isSameQuantity(before.planned, after.planned) ? [] : ["planned" as const]),
    ...(isSameCost ? [] : ["unitCost" as const]),
  ];
}

export function changePart(part: Part, before: Plan, { name, planned, unitCost, currency }: Plan): Promise<Part> {
  const fields = changedPlan(before, { name, planned, unitCost, currency });
  const body = {
    ...(fields.includes("name") ? { name: name.trim() } : {}),
    ...(fields.includes("planned") ? { planned } : {}),
    ...(fields.includes("unitCost") ? unitCost === "" ? { unitCost: null } : { unitCost, currency } : {}),
  };
  return change("PATCH /api/v1/workorders/{id}/parts/{part}", { path: path(part), body }, { version: part.version });
}

/** As it is on the server now; `undefined`: somebody has removed it. */
export const readPart = async ({ workOrderId, id }: Part): Promise<Part | undefined> => {
  const { items } = await call("GET /api/v1/workorders/{id}/parts", { path: { id: workOrderId } });
  return items.find((one) => one.id === id);
};
