import { useMemo } from "react";
import { coded, explain, explainField } from "../../../shared/api/explain";
import { change } from "../../../shared/data";
import { useText } from "../../../shared/localization";
import { navigate } from "../../../shared/router";
import { Combobox, NumberField, TextField, toast, useForm } from "../../../shared/ui";
import { FormDialog } from "./FormDialog";

const zones = (): string[] => (Intl as { supportedValuesOf?: (kind: string) => string[] }).supportedValuesOf?.("timeZone") ?? ["UTC"];

/** A new site. */
export function SiteForm({ close }: { close: () => void }) {
  const text = useText();
  const options = useMemo(() => zones().map((zone) => ({ value: zone, label: zone.replace(/_/g, " ") })), []);
  const form = useForm({
    initial: { name: "", code: "", timeZone: null as string | null, latitude: null as number | null, longitude: null as number | null, capacityMW: null as number | null },
    check: ({ name, code, timeZone }) => ({
      ...(name.trim() ? {} : { name: text("plant.required") }),
      ...(code.trim() ? {} : { code: text("plant.required") }),
      ...(timeZone ? {} : { timeZone: text("plant.required") }),
    }),
    submit: async ({ timeZone, ...values }) => {
      const site = await coded(change("POST /api/v1/sites", { body: { ...values, timeZone: timeZone ?? "" } }, { kind: "sites" }));
      toast({ tone: "success", text: text("plant.created", { name: site.name }), action: { label: text("plant.show"), run: () => navigate(`/sites/${site.id}`) } });
      close();
    },
    explain,
    explainField,
  });
  return (
    <FormDialog title={text("plant.new_site")} form={form} confirm={text("plant.create")} close={close}>
      <div className="ui-form-row">
        <TextField {...form.field("name")} label={text("plant.name")} maxLength={200} required autoFocus />
        <TextField {...form.field("code")} label={text("plant.code")} hint={text("plant.code.hint")} maxLength={64} required />
      </div>
      <Combobox {...form.field("timeZone")} label={text("plant.time_zone")} options={options} required />
      <div className="ui-form-row">
        <NumberField {...form.field("latitude")} label={text("plant.latitude")} unit="°" min={-90} max={90} digits={6} required={false} />
        <NumberField {...form.field("longitude")} label={text("plant.longitude")} unit="°" min={-180} max={180} digits={6} required={false} />
        <NumberField {...form.field("capacityMW")} label={text("plant.capacity")} unit="MW" min={0} digits={3} required={false} />
      </div>
    </FormDialog>
  );
}
