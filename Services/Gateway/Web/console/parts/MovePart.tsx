import { useState } from "react";
import { useText } from "../../shared/localization";
import { useFormat } from "../../shared/localization/format";
import { DecimalField, SegmentedControl, TextArea, TextField, toast } from "../../shared/ui";
import { useApiForm } from "../administration/useApiForm";
import { useUnitName } from "../costs/useUnitName";
import { FormDialog } from "../pages/assets/FormDialog";
import { movePart, partMoves, usualQuantity, type MoveKind, type Part } from "./parts";
import { trimmed } from "./quantity";
import { UnitCost, usePriceCurrencies } from "./UnitCost";
import { useQuantityCheck } from "./useQuantityCheck";

interface Draft { quantity: string; lot: string; serialNumber: string; note: string; unitCost: string; currency: string }
interface MovePartProps {
  part: Part;
  /** What is chosen at first, and what else there is. */
  kind: MoveKind;
  kinds: MoveKind[];
  maySetCost: boolean;
  moved: () => void;
  close: () => void;
}

/** What happens to pieces of a part. How many is suggested, until somebody says otherwise. */
export function MovePartDialog({ part, kind: first, kinds, maySetCost, moved, close }: MovePartProps) {
  const text = useText();
  const format = useFormat();
  const unit = useUnitName()(part.unit);
  const check = useQuantityCheck();
  const currencies = usePriceCurrencies(maySetCost);
  const [kind, setKind] = useState(first);
  const [initial] = useState<Draft>(() => ({ quantity: usualQuantity(part, first), lot: "", serialNumber: "", note: "", unitCost: "", currency: part.unitCost?.currency ?? "" }));
  const form = useApiForm<Draft>({
    initial,
    check: ({ quantity, unitCost }) => ({ ...check("quantity", quantity), ...(unitCost === "" ? {} : check("unitCost", unitCost)) }),
    submit: async ({ quantity, unitCost, currency, ...typed }) => {
      const words = Object.fromEntries(Object.entries(typed).map(([name, value]) => [name, value.trim()]).filter(([, value]) => value !== ""));
      await movePart(part, { kind, quantity, ...words, ...(kind === "used" && unitCost !== "" ? { unitCost, currency: currency || currencies[0] || "" } : {}) });
      moved();
      form.reset(initial);
      close();
      toast({ tone: "success", text: text(`orders.part.done.${kind}`) });
    },
  });
  const choose = (next: MoveKind) => {
    if (form.values.quantity === usualQuantity(part, kind)) form.set({ quantity: usualQuantity(part, next) });
    setKind(next);
  };
  const most = partMoves[kind].most?.(part);
  const hint = most !== undefined ? text(`orders.part.most.${kind as "reserved" | "returned" | "released"}`, { quantity: format.decimal(trimmed(most), unit) })
    : kind === "used" ? text("orders.part.used_hint", { quantity: format.decimal(trimmed(part.inHand), unit) }) : undefined;
  return (
    <FormDialog title={text("orders.part.move_of", { name: part.name })} form={form} confirm={text(`orders.part.move.${kind}`)} close={close}>
      {kinds.length > 1 && (
        <div className="row">
          <SegmentedControl label={text("orders.part.what")} value={kind} onChange={choose} options={kinds.map((value) => ({ value, label: text(`orders.part.move.${value}`) }))} />
        </div>
      )}
      <DecimalField label={text("orders.cost.quantity")} required unit={unit} {...form.field("quantity")} {...(hint ? { hint } : {})} />
      <div className="ui-form-row">
        <TextField label={text("orders.part.serial")} required={false} maxLength={100} {...form.field("serialNumber")} />
        <TextField label={text("orders.part.lot")} required={false} maxLength={100} {...form.field("lot")} />
      </div>
      <TextArea label={text("orders.part.note")} required={false} rows={2} maxLength={2000} {...form.field("note")} />
      {maySetCost && kind === "used" && <UnitCost form={form} currencies={currencies} />}
    </FormDialog>
  );
}
