import type { AssetResponse } from "generated/api";
import { call } from "../../../shared/api/call";
import { change } from "../../../shared/data";
import { useText } from "../../../shared/localization";
import { useFormat } from "../../../shared/localization/format";
import { usePermissionName } from "../../administration/roles";
import { useMay } from "../../../shared/session/session";
import { TextField, toast, useStatusName } from "../../../shared/ui";
import { AssetFields, type AssetValues } from "./AssetFields";
import { EditDialog } from "./EditDialog";
import { useEdit } from "./useEdit";

const valuesOf = ({ name, type, status, ratedPowerKW, tags }: AssetResponse): AssetValues => ({ name, type, status, ratedPowerKW: ratedPowerKW ?? null, tags });

/** Changes an asset. */
export function EditAsset({ asset, close }: { asset: AssetResponse; close: () => void }) {
  const text = useText();
  const format = useFormat();
  const may = useMay();
  const permissionName = usePermissionName();
  const statusName = useStatusName();
  const path = { id: asset.id };
  const edit = useEdit<AssetResponse, AssetValues>({
    record: asset,
    valuesOf,
    read: () => call("GET /api/v1/assets/{id}", { path }),
    send: (body, version) => change("PATCH /api/v1/assets/{id}", { path, body }, { version, kind: "assets" }),
    check: ({ name, type }) => ({ ...(name.trim() ? {} : { name: text("plant.required") }), ...(type.trim() ? {} : { type: text("plant.required") }) }),
    done: ({ name }) => {
      toast({ tone: "success", text: text("plant.saved", { name }) });
      close();
    },
  });
  const locked = {
    fields: may("asset:update") ? undefined : text("plant.locked", { permission: permissionName("asset:update") }),
    status: asset.status === "decommissioned" ? text("plant.ended") : may("asset:status") ? undefined : text("plant.locked", { permission: permissionName("asset:status") }),
  };
  return (
    <EditDialog
      title={text("plant.edit_asset", { name: asset.name })}
      edit={edit}
      labels={{ name: text("plant.name"), type: text("plant.type"), status: text("plant.state"), ratedPowerKW: text("plant.rated_power"), tags: text("plant.keywords") }}
      shown={(name, values) => {
        if (name === "status") return statusName("asset", values.status);
        if (name === "tags") return format.list(values.tags);
        if (name === "ratedPowerKW") return values.ratedPowerKW === null ? "" : format.measured(values.ratedPowerKW, "kW");
        return values[name];
      }}
      close={close}
    >
      <TextField {...edit.form.field("name")} label={text("plant.name")} maxLength={200} required disabledReason={locked.fields} />
      <AssetFields form={edit.form} locked={locked} />
    </EditDialog>
  );
}
