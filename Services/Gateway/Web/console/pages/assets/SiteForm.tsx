import { explain, explainField } from "../../../shared/api/explain";
import { change } from "../../../shared/data";
import { useText } from "../../../shared/localization";
import { navigate } from "../../../shared/router";
import { TextField, toast, useForm } from "../../../shared/ui";
import { FormDialog } from "./FormDialog";
import { portfolioOf, SiteFields, type SiteValues } from "./SiteFields";

const empty: SiteValues & { code: string } = { name: "", code: "", timeZone: null, latitude: null, longitude: null, capacityMW: null, portfolio: "" };

/** A new site. */
export function SiteForm({ close }: { close: () => void }) {
  const text = useText();
  const form = useForm({
    initial: empty,
    check: (values) => Object.fromEntries((["name", "code", "timeZone"] as const).filter((name) => !values[name]?.trim()).map((name) => [name, text("plant.required")])),
    submit: async ({ timeZone, portfolio, ...values }) => {
      const site = await change("POST /api/v1/sites", { body: { ...values, timeZone: timeZone ?? "", portfolio: portfolioOf(portfolio) } }, { kind: "sites" });
      toast({ tone: "success", text: text("plant.created", { name: site.name }), action: { label: text("plant.show"), run: () => navigate(`/sites/${site.id}`) } });
      close();
    },
    explain,
    explainField,
  });
  return (
    <FormDialog title={text("plant.new_site")} form={form} confirm={text("plant.create")} close={close}>
      <div className="ui-form-row">
        <TextField {...form.field("name")} label={text("plant.name")} maxLength={200} required />
        <TextField {...form.field("code")} label={text("plant.code")} hint={text("plant.code.hint")} maxLength={64} required />
      </div>
      <SiteFields form={form} />
    </FormDialog>
  );
}
