import { useMemo } from "react";
import { explain, explainField } from "../../../shared/api/explain";
import { change } from "../../../shared/data";
import { useText } from "../../../shared/localization";
import { navigate } from "../../../shared/router";
import { Combobox, TextField, toast, useForm } from "../../../shared/ui";
import { FormDialog } from "./FormDialog";
import { AssetFields, type State } from "./AssetFields";
import { useAssets, useSites } from "./usePlant";

export interface NewAssetProps {
  /** Where it was asked for. */
  siteId?: string | undefined;
  parentId?: string | undefined;
  close: () => void;
}

/** A new asset, at the top of a site's tree or below another. */
export function NewAsset({ siteId, parentId, close }: NewAssetProps) {
  const text = useText();
  const sites = useSites();
  const form = useForm({
    initial: { siteId: siteId ?? (null as string | null), parentId: parentId ?? (null as string | null), name: "", code: "", type: "", status: "operational" as State, ratedPowerKW: null as number | null, tags: [] as string[] },
    check: (values) => Object.fromEntries((["siteId", "name", "code", "type"] as const).filter((name) => !values[name]?.trim()).map((name) => [name, text("plant.required")])),
    submit: async ({ siteId, ...values }) => {
      const asset = await change("POST /api/v1/assets", { body: { ...values, siteId: siteId ?? "" } }, { kind: "assets" });
      toast({ tone: "success", text: text("plant.created", { name: asset.name }), action: { label: text("plant.show"), run: () => navigate(`/assets/${asset.id}`) } });
      close();
    },
    explain,
    explainField,
  });
  const assets = useAssets(form.values.siteId);
  const siteOptions = useMemo(() => sites.map((site) => ({ value: site.id, label: site.name, hint: site.code })), [sites]);
  const parentOptions = useMemo(() => (assets.data?.items ?? []).map((asset) => ({ value: asset.id, label: asset.name, hint: asset.code })), [assets.data]);
  return (
    <FormDialog title={text("plant.new_asset")} form={form} confirm={text("plant.create")} close={close}>
      <div className="ui-form-row">
        <TextField {...form.field("name")} label={text("plant.name")} maxLength={200} required autoFocus />
        <TextField {...form.field("code")} label={text("plant.code")} hint={text("plant.code.hint")} maxLength={64} required />
      </div>
      <div className="ui-form-row">
        <Combobox {...form.field("siteId")} onChange={(value) => form.set({ siteId: value, parentId: null })} label={text("plant.site")} options={siteOptions} required />
        <Combobox {...form.field("parentId")} label={text("plant.parent")} hint={text("plant.parent.hint")} options={parentOptions} required={false} />
      </div>
      <AssetFields form={form} />
    </FormDialog>
  );
}
