import { useText } from "../../../shared/localization";
import { NumberField, Select, TagsField, TextField, useStatusName, type FormState } from "../../../shared/ui";

export const states = ["operational", "degraded", "down", "maintenance", "decommissioned"] as const;
export type State = (typeof states)[number];

export interface AssetValues {
  name: string;
  type: string;
  status: State;
  ratedPowerKW: number | null;
  tags: string[];
}

interface AssetFieldsProps<Values extends AssetValues> {
  form: FormState<Values>;
  /** Why these can't be changed. */
  locked?: { fields?: string | undefined; status?: string | undefined };
}

/** What an asset has, whether it is new or not. To end one is not a change of its state: it has its own action. */
export function AssetFields<Values extends AssetValues>({ form, locked = {} }: AssetFieldsProps<Values>) {
  const text = useText();
  const statusName = useStatusName();
  const { status } = form.values;
  const given = form as unknown as FormState<AssetValues>;
  const offered = states.filter((one) => one !== "decommissioned" || status === "decommissioned");
  return (
    <>
      <div className="ui-form-row">
        <TextField {...given.field("type")} label={text("plant.type")} hint={text("plant.type.hint")} maxLength={64} required disabledReason={locked.fields} />
        <Select
          {...given.field("status")} label={text("plant.state")} disabledReason={locked.status}
          options={offered.map((one) => ({ value: one, label: statusName("asset", one) }))}
        />
      </div>
      <div className="ui-form-row">
        <NumberField {...given.field("ratedPowerKW")} label={text("plant.rated_power")} unit="kW" min={0} digits={3} required={false} disabledReason={locked.fields} />
        <TagsField {...given.field("tags")} label={text("plant.keywords")} hint={text("plant.keywords.hint")} required={false} disabledReason={locked.fields} />
      </div>
    </>
  );
}
