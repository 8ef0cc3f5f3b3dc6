import type { Alert, RuleResponse } from "generated/api";
import { change, Problem } from "../../shared/data";

export type { Alert, RuleResponse as Rule };
export type Severity = Alert["severity"];
export type AlertStep = "acknowledge" | "resolve";

/** The worst first. */
export const severities = ["critical", "warning", "info"] as const;
export const alertStatuses = ["open", "acknowledged", "resolved"] as const;

/** Whether the step can still be done. */
export const allows = (step: AlertStep, alert: Alert): boolean => (step === "acknowledge" ? alert.status === "open" : alert.status !== "resolved");

const after = { acknowledge: "acknowledged", resolve: "resolved" } as const;

/** Does one step to an alert: it is shown at once, and taken back if the server refuses. */
export async function advance(step: AlertStep, { id }: Alert): Promise<Alert> {
  return change(
    step === "acknowledge" ? "POST /api/v1/alerts/{id}/acknowledge" : "POST /api/v1/alerts/{id}/resolve",
    { path: { id } },
    { kind: "alerts", foreseen: { kind: "alerts", id, change: { status: after[step] } } }
  );
}

/** So many at a time: the server has others to serve. */
const abreast = 4;

/** Does one step to several alerts, with a request for each. What was refused comes back with its reason. */
export async function advanceAll(step: AlertStep, alerts: readonly Alert[]): Promise<{ alert: Alert; problem: Problem }[]> {
  const queue = alerts.filter((alert) => allows(step, alert));
  const refused: { alert: Alert; problem: Problem }[] = [];
  await Promise.all(
    Array.from({ length: abreast }, async () => {
      for (let alert = queue.shift(); alert; alert = queue.shift()) {
        try {
          await advance(step, alert);
        } catch (error) {
          refused.push({ alert, problem: Problem.from(error) });
        }
      }
    })
  );
  return refused;
}
