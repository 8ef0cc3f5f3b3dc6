import { useState } from "react";
import { useText } from "../../shared/localization";
import { DecimalField, toast, unreadable } from "../../shared/ui";
import { useApiForm } from "../administration/useApiForm";
import type { WorkOrder } from "../orders/orders";
import { FormDialog } from "../pages/assets/FormDialog";
import { estimateCategories, setEstimate, type Estimate, type EstimateItem } from "./estimates";

type Draft = Record<EstimateItem["category"], string>;

/** What the work is expected to cost. What is left empty is not expected at all; all of it empty takes the estimate back. */
export function EstimateDialog({ order, estimate, currency, saved, close }: { order: WorkOrder; estimate: Estimate | undefined; currency: string; saved: () => void; close: () => void }) {
  const text = useText();
  const [initial] = useState(() => Object.fromEntries(estimateCategories.map((one) => [one, estimate?.items.find(({ category }) => category === one)?.amount.amount ?? ""])) as Draft);
  const form = useApiForm<Draft>({
    initial,
    check: (values) => Object.fromEntries(estimateCategories.filter((one) => values[one] === unreadable).map((one) => [one, text("ui.field.notNumber")])),
    submit: async (values) => {
      const items = estimateCategories.filter((one) => values[one] !== "").map((category) => ({ category, amount: values[category] }));
      await setEstimate(order, items);
      saved();
      form.reset(initial);
      close();
      toast({ tone: "success", text: text(items.length > 0 ? "orders.estimate.saved" : "orders.estimate.taken_back") });
    },
  });
  return (
    <FormDialog title={text("orders.estimate.of", { number: order.number })} form={form} confirm={text("orders.save")} close={close}>
      <p className="muted">{text("orders.estimate.hint")}</p>
      {estimateCategories.map((one) => <DecimalField key={one} label={text(`orders.cost.category.${one}`)} required={false} unit={currency} {...form.field(one)} />)}
    </FormDialog>
  );
}
