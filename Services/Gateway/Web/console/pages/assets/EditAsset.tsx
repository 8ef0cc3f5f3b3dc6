import { useState } from "react";
import type { AssetResponse, ChangeAsset } from "generated/api";
import { coded, explain, explainField } from "../../../shared/api/explain";
import { call } from "../../../shared/api/call";
import { change, Problem } from "../../../shared/data";
import { useText } from "../../../shared/localization";
import { useFormat } from "../../../shared/localization/format";
import { useMay } from "../../../shared/session/session";
import { Banner, Diff, TextField, toast, useForm, useStatusName, type DiffChoice } from "../../../shared/ui";
import { FormDialog } from "./FormDialog";
import { AssetFields, type AssetValues } from "./AssetFields";

const names = ["name", "type", "status", "ratedPowerKW", "tags"] as const;
type Name = (typeof names)[number];

const valuesOf = ({ name, type, status, ratedPowerKW, tags }: AssetResponse): AssetValues => ({ name, type, status, ratedPowerKW: ratedPowerKW ?? null, tags });
const isSame = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other);

/** Changes an asset. If somebody else was faster, both versions are shown, and nothing typed is lost. */
export function EditAsset({ asset, close }: { asset: AssetResponse; close: () => void }) {
  const text = useText();
  const format = useFormat();
  const may = useMay();
  const statusName = useStatusName();
  // What the form began with: a change by somebody else in the meantime must not become part of ours.
  const [base, setBase] = useState(asset);
  const [conflict, setConflict] = useState<{ theirs: AssetResponse; fields: Name[] }>();
  const [choices, setChoices] = useState<Record<string, DiffChoice>>({});
  const save = async (values: AssetValues, before: AssetResponse): Promise<void> => {
    const old = valuesOf(before);
    const body: ChangeAsset = Object.fromEntries(names.filter((name) => !isSame(values[name], old[name])).map((name) => [name, values[name]]));
    if (Object.keys(body).length === 0) return close();
    try {
      await coded(change("PATCH /api/v1/assets/{id}", { path: { id: asset.id }, body }, { version: before.version, kind: "assets" }));
    } catch (error) {
      if (Problem.from(error).code !== "stale_version") throw error;
      const theirs = await call("GET /api/v1/assets/{id}", { path: { id: asset.id } });
      const fields = names.filter((name) => name in body && !isSame(valuesOf(theirs)[name], old[name]) && !isSame(valuesOf(theirs)[name], values[name]));
      setBase(theirs);
      const untouched = Object.fromEntries(names.filter((name) => !(name in body)).map((name) => [name, valuesOf(theirs)[name]])) as Partial<AssetValues>;
      form.set(untouched);
      if (fields.length === 0) return save({ ...values, ...untouched }, theirs);
      setChoices({});
      setConflict({ theirs, fields });
      throw error;
    }
    toast({ tone: "success", text: text("plant.saved", { name: values.name }) });
    close();
  };
  const form = useForm<AssetValues>({
    initial: valuesOf(asset),
    check: ({ name, type }) => ({ ...(name.trim() ? {} : { name: text("plant.required") }), ...(type.trim() ? {} : { type: text("plant.required") }) }),
    submit: (values) => {
      const theirs = conflict ? valuesOf(conflict.theirs) : null;
      const taken = theirs ? Object.fromEntries(Object.keys(choices).filter((name) => choices[name] === "theirs").map((name) => [name, theirs[name as Name]])) : {};
      return save({ ...values, ...taken }, base);
    },
    explain,
    explainField,
  });
  const shown = (name: Name, value: AssetValues): string => {
    if (name === "status") return statusName("asset", value.status);
    if (name === "tags") return format.list(value.tags);
    if (name === "ratedPowerKW") return value.ratedPowerKW === null ? "" : format.measured(value.ratedPowerKW, "kW");
    return value[name];
  };
  const labels: Record<Name, string> = {
    name: text("plant.name"), type: text("plant.type"), status: text("plant.state"), ratedPowerKW: text("plant.rated_power"), tags: text("plant.keywords"),
  };
  const locked = {
    fields: may("asset:update") ? undefined : text("plant.locked", { permission: "asset:update" }),
    status: asset.status === "decommissioned" ? text("plant.ended") : may("asset:status") ? undefined : text("plant.locked", { permission: "asset:status" }),
  };
  const title = text("plant.edit_asset", { name: asset.name });
  return (
    <FormDialog title={title} form={form} confirm={text("plant.save")} close={close}>
      {conflict ? (
        <>
          <Banner tone="warning">{text("plant.conflict")}</Banner>
          <Diff
            choices={choices}
            onChoose={(field, choice) => setChoices({ ...choices, [field]: choice })}
            fields={conflict.fields.map((name) => ({ field: name, label: labels[name], theirs: shown(name, valuesOf(conflict.theirs)), yours: shown(name, form.values) }))}
          />
        </>
      ) : (
        <>
          <TextField {...form.field("name")} label={text("plant.name")} maxLength={200} required disabledReason={locked.fields} autoFocus />
          <AssetFields form={form} locked={locked} />
        </>
      )}
    </FormDialog>
  );
}
