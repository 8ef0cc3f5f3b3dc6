import { useData } from "../../shared/data";
import { isClosed, type WorkOrder } from "../orders/orders";
import { useNow } from "../pages/asset/useNow";
import { isInForce, type PermitKind } from "./permits";

const tick = 30_000;

/** Which of the required permits are not in force now; none while that is not known, and none for work that is done. */
export function useMissingPermits(order: WorkOrder): readonly PermitKind[] {
  const asks = order.requiredPermits.length > 0 && !isClosed(order);
  const now = useNow(tick, asks);
  const { data } = useData("GET /api/v1/workorders/{id}/permits", asks ? { path: { id: order.id } } : null);
  return data ? order.requiredPermits.filter((kind) => !data.items.some((one) => one.kind === kind && isInForce(one, now))) : [];
}
