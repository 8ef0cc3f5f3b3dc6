import { useState } from "react";
import { useLocalization, useText } from "../../../shared/localization";
import { DateTimeField, DecimalField, toast, unreadable } from "../../../shared/ui";
import { useApiForm } from "../../administration/useApiForm";
import type { RateCard, Rates } from "../../costs/costs";
import { FormDialog } from "../assets/FormDialog";
import { useRatesChange } from "./useRatesChange";

interface Draft { effectiveFrom: string | null; hourlyRate: string; overtime: string; weekend: string; travel: string }

/** The beginning of today: hours of this day count at it. */
export const today = (): string => new Date(new Date().setHours(0, 0, 0, 0)).toISOString();

const factors = ["overtime", "weekend", "travel"] as const;

/** What an hour costs from a moment on: a new one, or one that was wrong. */
export function CardDialog({ rates, card, saved, close }: { rates: Rates; card: RateCard | undefined; saved: () => void; close: () => void }) {
  const text = useText();
  const { zone } = useLocalization();
  const { save, theirs } = useRatesChange(rates, saved);
  const [initial] = useState<Draft>(() => ({
    effectiveFrom: card?.effectiveFrom ?? today(), hourlyRate: card?.hourlyRate ?? "", overtime: card?.overtime ?? "1.5", weekend: card?.weekend ?? "2", travel: card?.travel ?? "1",
  }));
  const form = useApiForm<Draft>({
    initial,
    check: (values) => {
      const wrong: Partial<Record<keyof Draft, string>> = {};
      for (const name of ["hourlyRate", ...factors] as const) {
        if (values[name] === unreadable) wrong[name] = text("ui.field.notNumber");
        else if (values[name] === "") wrong[name] = text("rules.required");
      }
      const moment = Date.parse(values.effectiveFrom ?? "");
      const isTaken = rates.cards.some((one) => Date.parse(one.effectiveFrom) === moment && one.effectiveFrom !== card?.effectiveFrom);
      if (Number.isNaN(moment)) wrong.effectiveFrom = text("rules.required");
      else if (isTaken) wrong.effectiveFrom = text("rules.duplicate");
      return wrong;
    },
    submit: async (values) => {
      const next: RateCard = { ...values, effectiveFrom: values.effectiveFrom ?? today() };
      await save((body) => ({ ...body, cards: [...body.cards.filter((one) => one.effectiveFrom !== card?.effectiveFrom), next] }));
      form.reset(initial);
      close();
      toast({ tone: "success", text: text("admin.saved") });
    },
  });
  return (
    <FormDialog title={text(card ? "orders.cost.rates.card_edit" : "orders.cost.rates.card_new")} form={form} confirm={text("orders.save")} close={close}>
      {theirs}
      <DecimalField label={text("orders.cost.rates.hourly")} required unit={rates.currency} {...form.field("hourlyRate")} />
      <DateTimeField label={text("orders.cost.rates.since")} zone={zone} required hint={text("orders.cost.rates.since_hint")} {...form.field("effectiveFrom")} />
      <div className="ui-form-row">
        {factors.map((one) => <DecimalField key={one} label={text("orders.cost.rates.factor", { kind: text(`orders.hours.class.${one}`) })} required {...form.field(one)} />)}
      </div>
      <p className="muted">{text("orders.cost.rates.factor_hint")}</p>
    </FormDialog>
  );
}
