import { useState } from "react";
import { useText } from "../../shared/localization";
import { DecimalField, SegmentedControl, TextArea, TextField, toast } from "../../shared/ui";
import { useApiForm } from "../administration/useApiForm";
import { useUnitName, usualUnits } from "../costs/useUnitName";
import type { WorkOrder } from "../orders/orders";
import { FormDialog } from "../pages/assets/FormDialog";
import { addPart, type MayWithParts } from "./parts";
import { UnitCost, usePriceCurrencies } from "./UnitCost";
import { useQuantityCheck } from "./useQuantityCheck";

type Kind = "planned" | "used";
interface Draft { number: string; name: string; quantity: string; unit: string; lot: string; serialNumber: string; note: string; unitCost: string; currency: string }

/** A part that is planned, or that was used without a plan: who takes a fuse from the van at night writes down one thing. */
export function AddPart({ order, may, added, close }: { order: WorkOrder; may: MayWithParts; added: () => void; close: () => void }) {
  const text = useText();
  const unitOf = useUnitName();
  const check = useQuantityCheck();
  const currencies = usePriceCurrencies(may.setCost);
  const [kind, setKind] = useState<Kind>(may.use ? "used" : "planned");
  const [initial] = useState<Draft>({ number: "", name: "", quantity: "1", unit: unitOf("pcs"), lot: "", serialNumber: "", note: "", unitCost: "", currency: "" });
  const form = useApiForm<Draft>({
    initial,
    check: ({ number, name, quantity, unitCost }) => ({
      ...(number.trim() === "" ? { number: text("rules.required") } : {}),
      ...(name.trim() === "" ? { name: text("rules.required") } : {}),
      ...check("quantity", quantity),
      ...(unitCost === "" ? {} : check("unitCost", unitCost)),
    }),
    submit: async ({ quantity, unitCost, currency, ...typed }) => {
      const words = (value: string) => value.trim() || undefined;
      const unit = usualUnits.find((one) => unitOf(one) === typed.unit.trim()) ?? words(typed.unit);
      const [lot, serialNumber, note] = [words(typed.lot), words(typed.serialNumber), words(typed.note)];
      await addPart(order, {
        number: typed.number.trim(), name: typed.name.trim(), [kind]: quantity,
        ...(unit ? { unit } : {}),
        ...(kind === "used" ? { ...(lot ? { lot } : {}), ...(serialNumber ? { serialNumber } : {}), ...(note ? { note } : {}) } : {}),
        ...(unitCost === "" ? {} : { unitCost, currency: currency || currencies[0] || "" }),
      });
      added();
      form.reset(initial);
      close();
      toast({ tone: "success", text: text("orders.part.added") });
    },
  });
  return (
    <FormDialog title={text("orders.part.add_to", { number: order.number })} form={form} confirm={text("orders.part.add")} close={close}>
      {may.plan && may.use && (
        <div className="row">
          <SegmentedControl label={text("orders.part.how")} value={kind} onChange={setKind} options={(["used", "planned"] as const).map((value) => ({ value, label: text(`orders.part.as.${value}`) }))} />
        </div>
      )}
      <TextField label={text("orders.part.number")} required maxLength={64} hint={text("orders.part.number_hint")} {...form.field("number")} />
      <TextField label={text("orders.part.name")} required maxLength={200} {...form.field("name")} />
      <div className="ui-form-row">
        <DecimalField label={text(`orders.part.quantity.${kind}`)} required {...form.field("quantity")} />
        <TextField label={text("orders.cost.unit")} required={false} maxLength={20} suggestions={usualUnits.map(unitOf)} {...form.field("unit")} />
      </div>
      {kind === "used" && (
        <>
          <div className="ui-form-row">
            <TextField label={text("orders.part.serial")} required={false} maxLength={100} {...form.field("serialNumber")} />
            <TextField label={text("orders.part.lot")} required={false} maxLength={100} {...form.field("lot")} />
          </div>
          <TextArea label={text("orders.part.note")} required={false} rows={2} maxLength={2000} {...form.field("note")} />
        </>
      )}
      {may.setCost && <UnitCost form={form} currencies={currencies} />}
    </FormDialog>
  );
}
