import { explain, explainField } from "../../../shared/api/explain";
import { change } from "../../../shared/data";
import { useText } from "../../../shared/localization";
import { unitText } from "../../../shared/localization/units";
import { NumberField, TextField, toast, useForm } from "../../../shared/ui";
import { FormDialog } from "../assets/FormDialog";

/** A new sensor. Readings name its tag; those outside its limits count as bad. */
export function SensorForm({ assetId, close }: { assetId: string; close: () => void }) {
  const text = useText();
  const form = useForm({
    initial: { tag: "", unit: "", minimum: null as number | null, maximum: null as number | null },
    check: ({ tag, unit, minimum, maximum }) => ({
      ...(tag.trim() ? {} : { tag: text("plant.required") }),
      ...(unit.trim() ? {} : { unit: text("plant.required") }),
      ...(minimum !== null && maximum !== null && minimum >= maximum ? { maximum: text("plant.limits_reversed") } : {}),
    }),
    submit: async (values) => {
      const sensor = await change("POST /api/v1/sensors", { body: { ...values, assetId } }, { kind: "sensors" });
      toast({ tone: "success", text: text("plant.created", { name: sensor.tag }) });
      close();
    },
    explain,
    explainField,
  });
  return (
    <FormDialog title={text("plant.add_sensor")} form={form} confirm={text("plant.create")} close={close}>
      <div className="ui-form-row">
        <TextField {...form.field("tag")} label={text("plant.tag")} hint={text("plant.tag.hint")} maxLength={64} required autoFocus />
        <TextField {...form.field("unit")} label={text("plant.unit")} hint={text("plant.unit.hint")} maxLength={32} required />
      </div>
      <div className="ui-form-row">
        <NumberField {...form.field("minimum")} label={text("plant.minimum")} unit={unitText(form.values.unit)} digits={6} required={false} />
        <NumberField {...form.field("maximum")} label={text("plant.maximum")} unit={unitText(form.values.unit)} digits={6} required={false} />
      </div>
    </FormDialog>
  );
}
