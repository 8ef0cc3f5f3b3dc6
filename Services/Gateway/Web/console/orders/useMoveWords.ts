import type { WorkPolicy } from "generated/api";
import { useData } from "../../shared/data";
import { useAmountRule } from "../costs/estimates";
import { listed, useText } from "../../shared/localization";
import { useUser } from "../../shared/session/session";
import { obstacle, pendingTasks, type Move, type Need, type WorkOrder } from "./orders";

const holds = ({ when, types }: WorkPolicy["approval"], order: WorkOrder): boolean => when === "always" || (when === "types" && (types ?? []).includes(order.type));

/**
 * Whether somebody else approves a work order before it begins. While the policy is not known, nobody; `undefined`: that depends on what it is expected to cost, which the page does
 * not know.
 *
 * @param of The one of which the page knows it, if the person may see costs.
 */
export function useAsksApproval(of?: WorkOrder): (order: WorkOrder) => boolean | undefined {
  const { data } = useData("GET /api/v1/workorders/policy", {});
  const rule = useAmountRule(of);
  return (order) => {
    if (data === undefined) return false;
    if (data.approval.when !== "above") return holds(data.approval, order);
    return rule && rule.estimate !== undefined && of?.id === order.id ? rule.isAbove : undefined;
  };
}

/** Whether it asks for recorded hours before work is completed. */
export function useAsksHours(): (order: WorkOrder) => boolean {
  const { data } = useData("GET /api/v1/workorders/policy", {});
  return (order) => data !== undefined && holds(data.labor, order);
}

/**
 * Whether it asks what was done before work is completed. Where that depends on costs that the page does not know, only the server can say.
 *
 * @param of The one of which the page knows them, if the person may see costs.
 */
export function useAsksNotes(of?: WorkOrder): (order: WorkOrder) => boolean {
  const { data } = useData("GET /api/v1/workorders/policy", {});
  const rule = useAmountRule(of, "notes");
  return (order) => data !== undefined && (holds(data.notes, order) || (of?.id === order.id && rule?.isAbove === true));
}

/**
 * What a move is called where the work order stands.
 *
 * @param of The one of which the page knows what it is expected to cost.
 */
export function useMoveName(of?: WorkOrder): (order: WorkOrder, move: Move) => string {
  const text = useText();
  const asksApproval = useAsksApproval(of);
  return (order, move) => {
    if (move === "schedule" && order.status === "scheduled") return text("orders.move.reschedule");
    if (move !== "submit") return text(`orders.move.${move}`);
    const asks = asksApproval(order);
    return text(asks === undefined ? "orders.move.submit_some" : asks ? "orders.move.submit_for_approval" : "orders.move.submit");
  };
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
