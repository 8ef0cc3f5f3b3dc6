import type { MoveWorkOrder, ServiceClockResponse, ServiceLevelsResponse } from "generated/api";
import { useData } from "../../shared/data";
import { useMay } from "../../shared/session/session";
import type { WorkOrder } from "../orders/orders";

/** In what time the organization's work begins and is completed. */
export type ServiceLevels = ServiceLevelsResponse;
/** One of the two clocks of a work order: until it begins, and until it is completed. */
export type Clock = ServiceClockResponse;
export type Standing = Clock["standing"];
export const standings: Standing[] = ["breached", "at_risk", "on_time"];

/** What work waits for while it is on hold. */
export type HoldReason = NonNullable<MoveWorkOrder["holdReason"]>;
export const holdReasons: HoldReason[] = ["waiting_for_parts", "weather", "access", "safety", "other"];

/** As they are set. Nothing is promised before somebody says so. */
export function useLevels() {
  const may = useMay()("workorder:read");
  const read = useData("GET /api/v1/workorders/service-levels", may ? {} : null);
  return { ...read, levels: read.data, isPromised: (read.data?.levels.length ?? 0) > 0 };
}

export const isOver = ({ state }: Clock): boolean => state === "stopped" || state === "cancelled";

/** How it stands at a moment: the server says the same, and time goes on after it has. */
export const standingAt = (clock: Clock, now: number): Standing =>
  clock.dueAt && Date.parse(clock.dueAt) <= now ? "breached" : !isOver(clock) && clock.atRiskAt && Date.parse(clock.atRiskAt) <= now ? "at_risk" : "on_time";

export const clocksOf = (order: WorkOrder): readonly Clock[] => order.serviceLevel?.clocks ?? [];

/** The worse of both; `undefined` if nothing is promised. */
export function standingOf(order: WorkOrder, now: number): Standing | undefined {
  const found = clocksOf(order).map((clock) => standingAt(clock, now));
  return standings.find((one) => found.includes(one));
}

/** The clock that matters next: of those that run, the one that is due first. */
export function currentClock(order: WorkOrder): Clock | undefined {
  const clocks = clocksOf(order);
  const running = clocks.filter(({ state }) => state === "running").sort((one, other) => ((one.dueAt ?? "") < (other.dueAt ?? "") ? -1 : 1));
  return running[0] ?? clocks.find(({ state }) => state === "paused") ?? clocks[clocks.length - 1];
}
