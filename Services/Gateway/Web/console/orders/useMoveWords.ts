import type { WorkPolicy } from "generated/api";
import { useData } from "../../shared/data";
import { listed, useText } from "../../shared/localization";
import { useUser } from "../../shared/session/session";
import { obstacle, pendingTasks, type Move, type Need, type WorkOrder } from "./orders";

const holds = ({ when, types }: WorkPolicy["approval"], order: WorkOrder): boolean => when === "always" || (when === "types" && (types ?? []).includes(order.type));

/** What the organization asks for before work begins. While it is not known, nothing. */
export function useAsksApproval(): (order: WorkOrder) => boolean {
  const { data } = useData("GET /api/v1/workorders/policy", {});
  return (order) => data !== undefined && holds(data.approval, order);
}

/** Whether it asks for recorded hours before work is completed. */
export function useAsksHours(): (order: WorkOrder) => boolean {
  const { data } = useData("GET /api/v1/workorders/policy", {});
  return (order) => data !== undefined && holds(data.labor, order);
}

/** What a move is called where the work order stands. */
export function useMoveName(): (order: WorkOrder, move: Move) => string {
  const text = useText();
  const asks = useAsksApproval();
  return (order, move) =>
    move === "schedule" && order.status === "scheduled" ? text("orders.move.reschedule")
    : move === "submit" && asks(order) ? text("orders.move.submit_for_approval")
    : text(`orders.move.${move}`);
}

/** Pending tasks beyond this are not named. */
const most = 3;

/** What is missing, in words. */
export function useLack(): (order: WorkOrder, need: Need) => string {
  const text = useText();
  return (order, need) => {
    const pending = pendingTasks(order);
    if (need === "tasks") return text("orders.obstacle.tasks", { count: pending.length, tasks: listed([...pending.slice(0, most), ...(pending.length > most ? ["…"] : [])]) });
    return need === "assignee" || need === "other_than_requester" || need === "other_than_worker" ? text(`orders.obstacle.${need}`) : text(`orders.need.${need}`);
  };
}

/** Why a move that the state permits cannot be made yet, or not by this person. */
export function useObstacle(): (order: WorkOrder, move: Move, submittedBy?: string | null) => string | undefined {
  const { id } = useUser();
  const words = useLack();
  return (order, move, submittedBy) => {
    const found = obstacle(order, move, { self: id, submittedBy });
    return found && words(order, found);
  };
}
