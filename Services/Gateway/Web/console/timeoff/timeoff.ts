import type { TimeOffResponse } from "generated/api";
import { change } from "../../shared/data";

/** Days on which somebody does not work: they ask for them, and somebody else decides. */
export type TimeOff = TimeOffResponse;
export type TimeOffKind = TimeOff["kind"];
export type TimeOffStatus = TimeOff["status"];
export const timeOffKinds: TimeOffKind[] = ["vacation", "sickness", "training", "other"];
export const timeOffStatuses: TimeOffStatus[] = ["requested", "approved", "refused", "withdrawn"];

const path = ({ id }: TimeOff) => ({ id });

export const askTimeOff = (body: { first: string; last: string; kind: TimeOffKind; note?: string }): Promise<TimeOff> => change("POST /api/v1/time-off", { body });

export const approveTimeOff = (one: TimeOff): Promise<TimeOff> => change("POST /api/v1/time-off/{id}/approval", { path: path(one) }, { version: one.version });

export const refuseTimeOff = (one: TimeOff, reason: string): Promise<TimeOff> => change("POST /api/v1/time-off/{id}/refusal", { path: path(one), body: { reason } }, { version: one.version });

export const withdrawTimeOff = (one: TimeOff): Promise<TimeOff> => change("POST /api/v1/time-off/{id}/withdrawal", { path: path(one) }, { version: one.version });

/** Days have no clock: they are written as they are. */
export const dayRange = (locale: string, first: string, last: string): string =>
  new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeZone: "UTC" }).formatRange(Date.parse(`${first}T00:00:00Z`), Date.parse(`${last}T00:00:00Z`));
