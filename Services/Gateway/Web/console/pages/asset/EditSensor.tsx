import type { SensorResponse } from "generated/api";
import { call } from "../../../shared/api/call";
import { change } from "../../../shared/data";
import { useText } from "../../../shared/localization";
import { useFormat } from "../../../shared/localization/format";
import { unitText } from "../../../shared/localization/units";
import { NumberField, TextField, toast } from "../../../shared/ui";
import { EditDialog } from "../assets/EditDialog";
import { useEdit } from "../assets/useEdit";

interface SensorValues {
  unit: string;
  minimum: number | null;
  maximum: number | null;
}

const valuesOf = ({ unit, minimum, maximum }: SensorResponse): SensorValues => ({ unit, minimum: minimum ?? null, maximum: maximum ?? null });

/** Changes a sensor. Its tag stays: devices send it. */
export function EditSensor({ sensor, close }: { sensor: SensorResponse; close: () => void }) {
  const text = useText();
  const format = useFormat();
  const path = { id: sensor.id };
  const edit = useEdit<SensorResponse, SensorValues>({
    record: sensor,
    valuesOf,
    // There is no read of a single sensor; an asset has few.
    read: async () => {
      const { items } = await call("GET /api/v1/sensors", { query: { assetId: sensor.assetId, limit: 200 } });
      return items.find(({ id }) => id === sensor.id) ?? sensor;
    },
    send: (body, version) => change("PATCH /api/v1/sensors/{id}", { path, body }, { version, kind: "sensors" }),
    check: ({ unit, minimum, maximum }) => ({
      ...(unit.trim() ? {} : { unit: text("plant.required") }),
      ...(minimum !== null && maximum !== null && minimum >= maximum ? { maximum: text("plant.limits_reversed") } : {}),
    }),
    done: () => {
      toast({ tone: "success", text: text("plant.saved", { name: sensor.tag }) });
      close();
    },
  });
  return (
    <EditDialog
      title={text("plant.edit_asset", { name: sensor.tag })}
      edit={edit}
      labels={{ unit: text("plant.unit"), minimum: text("plant.minimum"), maximum: text("plant.maximum") }}
      shown={(name, values) => {
        const value = values[name];
        return typeof value === "number" ? format.number(value) : value ?? "";
      }}
      close={close}
    >
      <TextField {...edit.form.field("unit")} label={text("plant.unit")} hint={text("plant.unit.hint")} maxLength={32} required />
      <div className="ui-form-row">
        <NumberField {...edit.form.field("minimum")} label={text("plant.minimum")} unit={unitText(edit.form.values.unit)} digits={6} required={false} />
        <NumberField {...edit.form.field("maximum")} label={text("plant.maximum")} unit={unitText(edit.form.values.unit)} digits={6} required={false} />
      </div>
    </EditDialog>
  );
}
