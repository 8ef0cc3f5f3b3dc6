import type { SiteResponse } from "generated/api";
import { call } from "../../../shared/api/call";
import { change } from "../../../shared/data";
import { useText } from "../../../shared/localization";
import { useFormat } from "../../../shared/localization/format";
import { TextField, toast } from "../../../shared/ui";
import { EditDialog } from "../assets/EditDialog";
import { portfolioOf, SiteFields, type SiteValues } from "../assets/SiteFields";
import { useEdit } from "../assets/useEdit";

const valuesOf = ({ name, timeZone, latitude, longitude, capacityMW, portfolio }: SiteResponse): SiteValues => ({
  name, timeZone, latitude: latitude ?? null, longitude: longitude ?? null, capacityMW: capacityMW ?? null, portfolio: portfolio ?? "",
});

/** Changes a site. */
export function EditSite({ site, close }: { site: SiteResponse; close: () => void }) {
  const text = useText();
  const format = useFormat();
  const path = { id: site.id };
  const edit = useEdit<SiteResponse, SiteValues>({
    record: site,
    valuesOf,
    read: () => call("GET /api/v1/sites/{id}", { path }),
    send: ({ timeZone, portfolio, ...rest }, version) =>
      change("PATCH /api/v1/sites/{id}", { path, body: { ...rest, ...(timeZone ? { timeZone } : {}), ...(portfolio === undefined ? {} : { portfolio: portfolioOf(portfolio) }) } }, { version, kind: "sites" }),
    check: (values) => Object.fromEntries((["name", "timeZone"] as const).filter((name) => !values[name]?.trim()).map((name) => [name, text("plant.required")])),
    done: ({ name }) => {
      toast({ tone: "success", text: text("plant.saved", { name }) });
      close();
    },
  });
  return (
    <EditDialog
      title={text("plant.edit_asset", { name: site.name })}
      edit={edit}
      labels={{ name: text("plant.name"), timeZone: text("plant.time_zone"), latitude: text("plant.latitude"), longitude: text("plant.longitude"), capacityMW: text("plant.capacity"), portfolio: text("plant.portfolio") }}
      shown={(name, values) => {
        const value = values[name];
        return typeof value === "number" ? format.number(value, { maximumFractionDigits: 6 }) : value ?? "";
      }}
      close={close}
    >
      <TextField {...edit.form.field("name")} label={text("plant.name")} maxLength={200} required />
      <SiteFields form={edit.form} />
    </EditDialog>
  );
}
