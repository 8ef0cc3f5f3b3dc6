import { useText } from "../../shared/localization";
import { useFormat } from "../../shared/localization/format";
import { useZones } from "../places";
import type { Permit } from "./permits";

export interface Happening { at: string; by: string; words: string; note?: string | null | undefined }

/** Who has prepared, decided, suspended and ended a permit, and when, the first thing first. */
export function useHappenings(permit: Permit): Happening[] {
  const text = useText();
  const format = useFormat();
  const zone = useZones()(permit.siteId);
  const until = (time: string) => ({ time: format.dateTime(time, zone) });
  const { closure } = permit;
  const all: Happening[] = [
    { at: permit.createdAt, by: permit.createdBy, words: text("orders.permit.event.created") },
    ...permit.steps.map(({ at, by, move, reason }) => ({ at, by, words: text(`orders.permit.event.${move}`), note: reason })),
    ...permit.approvals.map((one) => ({ at: one.at, by: one.by, words: text(`orders.permit.event.${one.decision}`), note: one.comment })),
    ...permit.extensions.flatMap(({ requestedAt, requestedBy, reason, until: end, decision }): Happening[] => [
      { at: requestedAt, by: requestedBy, words: text("orders.permit.event.more", until(end)), note: reason },
      ...(decision ? [{ at: decision.at, by: decision.by, words: decision.decision === "approved" ? text("orders.permit.event.more_approved", until(end)) : text("orders.permit.event.more_rejected"), note: decision.comment }] : []),
    ]),
    ...permit.suspensions.flatMap(({ at, by, reason, resumedAt, resumedBy, resumedBecause }): Happening[] => [
      { at, by, words: text("orders.permit.event.suspended"), note: reason },
      ...(resumedAt && resumedBy ? [{ at: resumedAt, by: resumedBy, words: text("orders.permit.event.resumed"), note: resumedBecause }] : []),
    ]),
    ...(closure ? [{ at: closure.at, by: closure.by, words: text("orders.permit.event.closed"), note: closure.note }] : []),
  ];
  return all.sort((one, other) => Date.parse(one.at) - Date.parse(other.at));
}
