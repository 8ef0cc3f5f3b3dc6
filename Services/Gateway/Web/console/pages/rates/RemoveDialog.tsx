import type { ReactNode } from "react";
import { useText } from "../../../shared/localization";
import { ConfirmDialog, toast } from "../../../shared/ui";
import { explain } from "../../administration/useApiForm";
import type { Rates, RatesBody } from "../../costs/costs";
import { useRatesChange } from "./useRatesChange";

/** A rate goes. What was booked at it stays as it is. */
export function RemoveDialog({ rates, step, saved, close, children }: { rates: Rates; step: (body: RatesBody) => RatesBody; saved: () => void; close: () => void; children: ReactNode }) {
  const text = useText();
  const { save, theirs } = useRatesChange(rates, saved);
  return (
    <ConfirmDialog
      title={text("orders.cost.rates.remove_ask")} confirm={text("orders.cost.rates.remove")} danger explain={explain} close={close}
      run={async () => {
        await save(step);
        toast({ tone: "success", text: text("orders.cost.rates.removed") });
      }}
    >
      {theirs}
      <p><strong>{children}</strong></p>
      <p className="muted">{text("orders.cost.rates.remove_text")}</p>
    </ConfirmDialog>
  );
}
