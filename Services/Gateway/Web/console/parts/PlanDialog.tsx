import { useState } from "react";
import { Problem } from "../../shared/data";
import { useText } from "../../shared/localization";
import { useFormat } from "../../shared/localization/format";
import { DecimalField, TextField, toast } from "../../shared/ui";
import { ConflictDialog } from "../administration/ConflictDialog";
import { useApiForm } from "../administration/useApiForm";
import { useUnitName } from "../costs/useUnitName";
import { FormDialog } from "../pages/assets/FormDialog";
import { changedPlan, changePart, planOf, readPart, type MayWithParts, type Part, type Plan } from "./parts";
import { UnitCost, usePriceCurrencies } from "./UnitCost";
import { useQuantityCheck } from "./useQuantityCheck";

/** How many of a part are planned. Who may set costs, and not plan, says what one costs. */
export function PlanDialog({ part, may, changed, close }: { part: Part; may: MayWithParts; changed: () => void; close: () => void }) {
  const text = useText();
  const format = useFormat();
  const unit = useUnitName()(part.unit);
  const check = useQuantityCheck();
  const currencies = usePriceCurrencies(may.setCost);
  const [initial] = useState(() => planOf(part, ""));
  const [conflict, setConflict] = useState<{ theirs: Part; yours: Plan }>();
  const send = async (from: Part, { currency, ...values }: Plan) => {
    await changePart(from, planOf(from, currencies[0] ?? ""), { ...values, currency: currency || currencies[0] || "" });
    changed();
    form.reset(initial);
    close();
    toast({ tone: "success", text: text("admin.saved") });
  };
  const form = useApiForm<Plan>({
    initial,
    check: (values) => ({
      ...(values.name.trim() === "" ? { name: text("rules.required") } : {}),
      ...check("planned", values.planned),
      ...(values.unitCost === "" ? {} : check("unitCost", values.unitCost)),
      ...(changedPlan(initial, values).length === 0 ? { [may.plan ? "planned" : "unitCost"]: text("admin.nothingChanged") } : {}),
    }),
    submit: async (values) => {
      try {
        await send(part, values);
      } catch (error) {
        if (Problem.from(error).code === "stale_version") {
          changed();
          const theirs = await readPart(part);
          if (theirs) setConflict({ theirs, yours: values });
        }
        throw error;
      }
    },
  });
  const labels = { name: text("orders.part.name"), planned: text("orders.part.quantity.planned"), unitCost: text("orders.cost.unit_rate"), currency: text("orders.cost.currency") };
  const shown = (name: keyof Plan, value: unknown) => (value === "" || (name !== "planned" && name !== "unitCost") ? String(value) : format.decimal(String(value), name === "planned" ? unit : null));
  return (
    <>
      <FormDialog title={text("orders.part.plan_of", { name: part.name })} form={form} confirm={text("orders.save")} close={close}>
        {may.plan && <TextField label={labels.name} required maxLength={200} {...form.field("name")} />}
        {may.plan && <DecimalField label={labels.planned} required unit={unit} {...form.field("planned")} />}
        {may.setCost && <UnitCost form={form} currencies={currencies} />}
      </FormDialog>
      {conflict && (
        <ConflictDialog<Plan>
          base={initial} theirs={planOf(conflict.theirs, conflict.yours.currency)} yours={conflict.yours} labels={labels} shown={shown} close={() => setConflict(undefined)}
          save={(values) => send(conflict.theirs, values)}
        />
      )}
    </>
  );
}
