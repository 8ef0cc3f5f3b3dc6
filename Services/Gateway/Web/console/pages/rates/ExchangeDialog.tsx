import { useMemo, useState } from "react";
import { useLocalization, useText } from "../../../shared/localization";
import { Combobox, DateTimeField, DecimalField, toast, unreadable, type Option } from "../../../shared/ui";
import { useApiForm } from "../../administration/useApiForm";
import type { ExchangeRate, Rates } from "../../costs/costs";
import { currencyCodes, useCurrencyName } from "../../costs/useCurrencyName";
import { FormDialog } from "../assets/FormDialog";
import { today } from "./CardDialog";
import { useRatesChange } from "./useRatesChange";

interface Draft { currency: string | null; effectiveFrom: string | null; rate: string }

/** All currencies by their names, for choosing one. */
export function useCurrencies(but?: string | null): Option[] {
  const nameOf = useCurrencyName();
  const { locale } = useLocalization();
  return useMemo(
    () => currencyCodes().filter((code) => code !== but).map((value) => ({ value, label: nameOf(value) })).sort((one, other) => one.label.localeCompare(other.label, locale)),
    [nameOf, but, locale]
  );
}

const isThat = (one: ExchangeRate, other: ExchangeRate | undefined): boolean => one.currency === other?.currency && one.effectiveFrom === other.effectiveFrom;

/** What another currency is worth from a moment on. */
export function ExchangeDialog({ rates, exchange, saved, close }: { rates: Rates; exchange: ExchangeRate | undefined; saved: () => void; close: () => void }) {
  const text = useText();
  const { zone } = useLocalization();
  const nameOf = useCurrencyName();
  const currencies = useCurrencies(rates.currency);
  const { save, theirs } = useRatesChange(rates, saved);
  const [initial] = useState<Draft>(() => ({ currency: exchange?.currency ?? null, effectiveFrom: exchange?.effectiveFrom ?? today(), rate: exchange?.rate ?? "" }));
  const form = useApiForm<Draft>({
    initial,
    check: ({ currency, effectiveFrom, rate }) => {
      const isTaken = rates.exchangeRates.some((one) => one.currency === currency && Date.parse(one.effectiveFrom) === Date.parse(effectiveFrom ?? "") && !isThat(one, exchange));
      return {
        ...(currency ? {} : { currency: text("rules.required") }),
        ...(!effectiveFrom ? { effectiveFrom: text("rules.required") } : isTaken ? { effectiveFrom: text("rules.duplicate") } : {}),
        ...(rate === unreadable ? { rate: text("ui.field.notNumber") } : rate === "" ? { rate: text("rules.required") } : {}),
      };
    },
    submit: async ({ currency, effectiveFrom, rate }) => {
      const next = { currency: currency ?? "", effectiveFrom: effectiveFrom ?? today(), rate };
      await save((body) => ({ ...body, exchangeRates: [...body.exchangeRates.filter((one) => !isThat(one, exchange)), next] }));
      form.reset(initial);
      close();
      toast({ tone: "success", text: text("admin.saved") });
    },
  });
  const { currency } = form.values;
  return (
    <FormDialog title={text(exchange ? "orders.cost.rates.exchange_edit" : "orders.cost.rates.exchange_new")} form={form} confirm={text("orders.save")} close={close}>
      {theirs}
      <Combobox label={text("orders.cost.currency")} required options={currencies} valueLabel={currency ? nameOf(currency) : undefined} {...form.field("currency")} />
      <DecimalField label={text("orders.cost.rates.worth", { currency: currency ?? "…" })} required unit={rates.currency} {...form.field("rate")} />
      <DateTimeField label={text("orders.cost.rates.since")} zone={zone} required hint={text("orders.cost.rates.exchange_hint")} {...form.field("effectiveFrom")} />
    </FormDialog>
  );
}
