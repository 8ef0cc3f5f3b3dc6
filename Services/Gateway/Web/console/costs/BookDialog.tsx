import { useState } from "react";
import { useText } from "../../shared/localization";
import { DateTimeField, DecimalField, Select, TextField, toast, unreadable } from "../../shared/ui";
import { useApiForm } from "../administration/useApiForm";
import type { WorkOrder } from "../orders/orders";
import { FormDialog } from "../pages/assets/FormDialog";
import { useZones } from "../places";
import { bookCost, bookedCategories, useRates } from "./costs";
import { useCurrencyName } from "./useCurrencyName";
import { useUnitName, usualUnits } from "./useUnitName";

type Category = (typeof bookedCategories)[number];
interface Draft { category: Category; description: string; quantity: string; unit: string; unitRate: string; currency: string; incurredAt: string | null }

/** A cost of parts, services and such. It can be booked after the work is over: invoices come later. */
export function BookDialog({ order, currency, booked, close }: { order: WorkOrder; currency: string; booked: () => void; close: () => void }) {
  const text = useText();
  const zone = useZones()(order.siteId);
  const nameOf = useCurrencyName();
  const unitOf = useUnitName();
  const { data: rates } = useRates();
  const [initial] = useState<Draft>({ category: "parts", description: "", quantity: "1", unit: unitOf("pcs"), unitRate: "", currency, incurredAt: null });
  const decimal = (value: string) => (value === unreadable ? text("ui.field.notNumber") : value === "" ? text("rules.required") : undefined);
  const form = useApiForm<Draft>({
    initial,
    check: (values) => {
      const wrong: Partial<Record<keyof Draft, string>> = {};
      if (values.description.trim() === "") wrong.description = text("rules.required");
      for (const name of ["quantity", "unitRate"] as const) {
        const words = decimal(values[name]);
        if (words) wrong[name] = words;
      }
      return wrong;
    },
    submit: async ({ incurredAt, unit, description, ...values }) => {
      const known = usualUnits.find((one) => unitOf(one) === unit.trim());
      await bookCost(order, { ...values, description: description.trim(), ...(unit.trim() === "" ? {} : { unit: known ?? unit.trim() }), ...(incurredAt ? { incurredAt } : {}) });
      booked();
      form.reset(initial);
      close();
      toast({ tone: "success", text: text("orders.cost.booked") });
    },
  });
  const currencies = [...new Set([currency, ...(rates?.exchangeRates ?? []).map((one) => one.currency)])];
  return (
    <FormDialog title={text("orders.cost.book_on", { number: order.number })} form={form} confirm={text("orders.cost.book")} close={close}>
      <Select label={text("orders.cost.category")} options={bookedCategories.map((value) => ({ value, label: text(`orders.cost.category.${value}`) }))} {...form.field("category")} />
      <TextField label={text("orders.cost.description")} required maxLength={500} hint={text("orders.cost.description_hint")} {...form.field("description")} />
      <div className="ui-form-row">
        <DecimalField label={text("orders.cost.quantity")} required {...form.field("quantity")} />
        <TextField label={text("orders.cost.unit")} required={false} maxLength={20} suggestions={usualUnits.map(unitOf)} {...form.field("unit")} />
      </div>
      <div className="ui-form-row">
        <DecimalField label={text("orders.cost.unit_rate")} required unit={form.values.currency} {...form.field("unitRate")} />
        {currencies.length > 1 && <Select label={text("orders.cost.currency")} options={currencies.map((value) => ({ value, label: nameOf(value) }))} {...form.field("currency")} />}
      </div>
      <DateTimeField label={text("orders.cost.incurred")} zone={zone} required={false} hint={text("orders.cost.incurred_hint")} {...form.field("incurredAt")} />
    </FormDialog>
  );
}
