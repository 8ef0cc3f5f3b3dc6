import { useText } from "../../shared/localization";
import { DecimalField, Select, type FormState } from "../../shared/ui";
import { useRates } from "../costs/costs";
import { useCurrencyName } from "../costs/useCurrencyName";

interface Priced { unitCost: string; currency: string }

/** The currencies in which a price can be given: the organization's first. None until it has set its own. */
export function usePriceCurrencies(isWanted: boolean): string[] {
  const { data } = useRates(isWanted);
  return data?.currency ? [...new Set([data.currency, ...data.exchangeRates.map(({ currency }) => currency)])] : [];
}

/** What one piece costs, for those who may say so. */
export function UnitCost<Values extends Priced>({ form: typed, currencies }: { form: FormState<Values>; currencies: string[] }) {
  const text = useText();
  const nameOf = useCurrencyName();
  // A form of more is a form of these.
  const form = typed as unknown as FormState<Priced>;
  if (currencies.length === 0) return null;
  const currency = form.values.currency || currencies[0] || "";
  const all = [...new Set([currency, ...currencies])];
  return (
    <div className="ui-form-row">
      <DecimalField label={text("orders.cost.unit_rate")} required={false} unit={currency} {...form.field("unitCost")} />
      {all.length > 1 && <Select label={text("orders.cost.currency")} options={all.map((value) => ({ value, label: nameOf(value) }))} {...form.field("currency")} value={currency} />}
    </div>
  );
}
