import type { Permission, SignatureResponse, SignWorkOrder } from "generated/api";
import { change, useData } from "../../shared/data";
import { useMay, useUser } from "../../shared/session/session";
import { useHours } from "../hours/hours";
import type { Phase, WorkOrder } from "../orders/orders";

/** What somebody has said of a work order with their name. It is there for good. */
export type Signature = SignatureResponse;
export type Meaning = SignWorkOrder["meaning"];

export const meanings: Meaning[] = ["performed", "verified", "accepted"];

/** What is in progress goes on changing. */
const phases: Phase[] = ["completed", "verified", "closed"];
export const isSignable = ({ phase }: WorkOrder): boolean => phases.includes(phase);

const permissions: Record<Meaning, Permission> = { performed: "workorder:execute", verified: "workorder:verify", accepted: "workorder:close" };

/** The earliest first. Whether they are intact follows from the work order. */
export function useSignatures(order: WorkOrder) {
  const read = useData("GET /api/v1/workorders/{id}/signatures", { path: { id: order.id } });
  return { ...read, signatures: read.data?.items };
}

/** As what the person can sign now: who has done the work has performed it, and others verify it. */
export function useMeanings(order: WorkOrder, signatures: readonly Signature[]): Meaning[] {
  const may = useMay();
  const { id } = useUser();
  const { entries } = useHours(order);
  if (!isSignable(order)) return [];
  const isWorker = order.workedBy.includes(id) || (entries ?? []).some(({ userId }) => userId === id);
  const isSigned = (meaning: Meaning) => signatures.some((one) => one.signedBy === id && one.meaning === meaning && one.intact);
  return meanings.filter((meaning) => may(permissions[meaning]) && !isSigned(meaning) && (meaning === "performed" ? isWorker : meaning === "verified" ? !isWorker && entries !== undefined : true));
}

/** Signs the version that the person has read. */
export const sign = (order: WorkOrder, meaning: Meaning): Promise<Signature> =>
  change("POST /api/v1/workorders/{id}/signatures", { path: { id: order.id }, body: { meaning, version: order.version } });
