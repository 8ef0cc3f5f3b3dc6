import type {
  ChangePermit, CreatePermit, DecideExtension, ExtendPermit, IsolationResponse, LockIsolation, MovePermit, Operations, PermitResponse, PlacedIsolationResponse, ReleaseIsolation, VerifyIsolation,
} from "generated/api";
import type { Permission } from "generated/api";
import { call } from "../../shared/api/call";
import { change, type Operation } from "../../shared/data";
import type { ChangeOptions } from "../../shared/data";
import type { Condition } from "../../shared/session/session";
import type { IconName, Tone } from "../../shared/ui";

/** Who may do which dangerous work, where and until when. */
export type Permit = PermitResponse;
export type PermitStatus = Permit["status"];
export type PermitKind = Permit["kind"];
export type PermitMove = Permit["allowedTransitions"][number];
/** A point at which equipment is cut off from an energy. */
export type Isolation = IsolationResponse;
export type PlacedIsolation = PlacedIsolationResponse;
export type PermitQuery = Operations["GET /api/v1/permits"]["query"];

export const permitKinds: PermitKind[] = [
  "electrical_loto", "mechanical_loto", "high_voltage", "arc_flash", "working_at_height", "hot_work", "confined_space", "crane_operation", "excavation", "chemical_handling", "radiation_work", "cold_work", "general_work",
];
export const permitStatuses: PermitStatus[] = ["draft", "pending_approval", "approved", "active", "suspended", "expired", "closed", "cancelled"];

/** The columns of the board. */
export const columns = ["draft", "pending_approval", "approved", "active", "suspended", "ended"] as const;
export type ColumnName = (typeof columns)[number];
export const columnOf = ({ status }: Permit): ColumnName => (status === "closed" || status === "cancelled" || status === "expired" ? "ended" : status);

export const statusLooks: Record<PermitStatus, { tone: Tone; icon: IconName }> = {
  draft: { tone: "neutral", icon: "edit" }, pending_approval: { tone: "info", icon: "clock" }, approved: { tone: "purple", icon: "check" }, active: { tone: "success", icon: "play" },
  suspended: { tone: "warning", icon: "pause" }, expired: { tone: "danger", icon: "alert" }, closed: { tone: "neutral", icon: "check-circle" }, cancelled: { tone: "neutral", icon: "close" },
};

interface MoveFacts { permission: Permission; icon: IconName; needsReason: boolean }
export const moves: Record<PermitMove, MoveFacts> = {
  submit: { permission: "permit:request", icon: "arrow-end", needsReason: false },
  withdraw: { permission: "permit:request", icon: "arrow-start", needsReason: false },
  approve: { permission: "permit:approve", icon: "check", needsReason: false },
  reject: { permission: "permit:approve", icon: "close", needsReason: true },
  activate: { permission: "checklist:complete", icon: "play", needsReason: false },
  suspend: { permission: "checklist:complete", icon: "pause", needsReason: true },
  resume: { permission: "permit:approve", icon: "play", needsReason: true },
  close: { permission: "checklist:complete", icon: "check-circle", needsReason: false },
  cancel: { permission: "permit:request", icon: "trash", needsReason: true },
};

/** What usually comes next stands out, once what it needs is there. Nothing that stops work does. */
export const isNext = (permit: Permit, move: PermitMove): boolean => {
  switch (move) {
    case "submit": case "approve": case "resume": return true;
    case "activate": return permit.checklist.every(({ isChecked }) => isChecked) && permit.isolations.every(({ state }) => state === "verified");
    case "close": return permit.isolations.length > 0 && locksOn(permit) === 0;
    case "withdraw": case "reject": case "suspend": case "cancel": return false;
  }
};

/** A permit has the number of its work order, and one of its own after it. */
export const orderNumber = ({ number }: Permit): string => number.replace(/\/P\d+$/, "");

export const isOn = ({ state }: Isolation): boolean => state === "locked" || state === "verified";
export const locksOn = (permit: Permit): number => permit.isolations.filter(isOn).length;
export const needsIsolations = (kind: PermitKind): boolean => kind === "electrical_loto" || kind === "mechanical_loto";
/** Whether a role that may move only some permits, or only ask for them, may move this one. Whoever has asked takes back what they asked for. */
export const meets = ({ kind, createdBy }: Permit, self: string, move?: PermitMove) => (condition: Condition): boolean =>
  condition === "loto-only" ? needsIsolations(kind) : condition === "request" ? move !== "cancel" || createdBy === self : true;

export const openExtension = (permit: Permit) => permit.extensions.find(({ decision }) => !decision);

/** It counts now: the time counts, not when the server has noticed. */
export const isInForce = (permit: Permit, now: number): boolean => permit.status === "active" && Date.parse(permit.validFrom) <= now && now < Date.parse(permit.validUntil);

/** Whether its end still matters to somebody. */
export const runsOut = ({ status }: Permit): boolean => status !== "closed" && status !== "cancelled";
/** In the last of these hours, its end is a warning. */
export const lastHours = 4 * 3_600_000;

// Suspending one puts the work on hold, and locks are on the board of isolations.
const also = ["workorders", "isolations"];
const options = <K extends Operation>(version?: number): ChangeOptions<K> => (version === undefined ? { also } : { also, version });

const path = ({ id }: Permit) => ({ id });
export const readPermit = (permit: Permit): Promise<Permit> => call("GET /api/v1/permits/{id}", { path: path(permit) });
export const createPermit = (order: string, body: CreatePermit): Promise<Permit> => change("POST /api/v1/workorders/{id}/permits", { path: { id: order }, body }, { also: ["permits", "isolations"] });
export const changePermit = (permit: Permit, body: ChangePermit, version: number): Promise<Permit> => change("PATCH /api/v1/permits/{id}", { path: path(permit), body }, options(version));
export const movePermit = (permit: Permit, transition: PermitMove, body: MovePermit): Promise<Permit> =>
  change("POST /api/v1/permits/{id}/transitions/{transition}", { path: { ...path(permit), transition }, body }, options(permit.version));
/** @param number 1 for the first item. */
export const checkItem = (permit: Permit, number: number, isChecked: boolean): Promise<Permit> =>
  change("PUT /api/v1/permits/{id}/checklist/{item}", { path: { ...path(permit), item: number }, body: { isChecked } }, options(permit.version));
export const extendPermit = (permit: Permit, body: ExtendPermit): Promise<Permit> => change("POST /api/v1/permits/{id}/extensions", { path: path(permit), body }, options(permit.version));
export const decideExtension = (permit: Permit, body: DecideExtension): Promise<Permit> => change("POST /api/v1/permits/{id}/extensions/decision", { path: path(permit), body }, options(permit.version));

const pathOf = (permit: Permit, point: Isolation) => ({ id: permit.id, isolation: point.id });
export const lock = (permit: Permit, point: Isolation, body: LockIsolation): Promise<Permit> => change("POST /api/v1/permits/{id}/isolations/{isolation}/lock", { path: pathOf(permit, point), body }, options(permit.version));
export const verify = (permit: Permit, point: Isolation, body: VerifyIsolation): Promise<Permit> => change("POST /api/v1/permits/{id}/isolations/{isolation}/verify", { path: pathOf(permit, point), body }, options(permit.version));
export const release = (permit: Permit, point: Isolation, body: ReleaseIsolation): Promise<Permit> => change("POST /api/v1/permits/{id}/isolations/{isolation}/release", { path: pathOf(permit, point), body }, options(permit.version));
