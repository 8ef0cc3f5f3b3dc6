import { useCallback, useState } from "react";
import { problemText } from "../../shared/api/problemText";
import { useText } from "../../shared/localization";
import { toast } from "../../shared/ui";
import { advanceAll, allows, type Alert, type AlertStep } from "./alerts";

/** Acknowledges and resolves alerts, and says what was refused. */
export function useSteps(): { busy: boolean; take: (step: AlertStep, alerts: readonly Alert[]) => Promise<void> } {
  const text = useText();
  const [busy, setBusy] = useState(false);
  const take = useCallback(
    async (step: AlertStep, alerts: readonly Alert[]) => {
      const count = alerts.filter((alert) => allows(step, alert)).length;
      if (count === 0) return;
      setBusy(true);
      const refused = await advanceAll(step, alerts);
      setBusy(false);
      const done = count - refused.length;
      if (done > 0) toast({ tone: "success", text: text(`watch.done.${step}`, { count: done }) });
      const [first] = refused;
      if (first) toast({ tone: "danger", text: text("watch.refused", { count: refused.length, reason: problemText(first.problem) }) });
    },
    [text]
  );
  return { busy, take };
}
