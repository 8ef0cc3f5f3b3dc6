import { useState } from "react";
import { useText } from "../../../shared/localization";
import { Combobox, toast } from "../../../shared/ui";
import { useApiForm } from "../../administration/useApiForm";
import type { Rates } from "../../costs/costs";
import { useCurrencyName } from "../../costs/useCurrencyName";
import { FormDialog } from "../assets/FormDialog";
import { useCurrencies } from "./ExchangeDialog";
import { useRatesChange } from "./useRatesChange";

/** In what the organization counts. Once something is booked, it stays. */
export function CurrencyDialog({ rates, saved, close }: { rates: Rates; saved: () => void; close: () => void }) {
  const text = useText();
  const nameOf = useCurrencyName();
  const currencies = useCurrencies();
  const { save, theirs } = useRatesChange(rates, saved);
  const [initial] = useState<{ currency: string | null }>({ currency: rates.currency ?? null });
  const form = useApiForm({
    initial,
    check: ({ currency }) => (currency ? {} : { currency: text("rules.required") }),
    submit: async ({ currency }) => {
      await save((body) => ({ ...body, currency: currency ?? "" }));
      form.reset(initial);
      close();
      toast({ tone: "success", text: text("admin.saved") });
    },
  });
  const { currency } = form.values;
  return (
    <FormDialog title={text("orders.cost.rates.currency")} form={form} confirm={text("orders.save")} size="small" close={close}>
      {theirs}
      <Combobox label={text("orders.cost.currency")} required options={currencies} valueLabel={currency ? nameOf(currency) : undefined} hint={text("orders.cost.rates.currency_hint")} {...form.field("currency")} />
    </FormDialog>
  );
}
