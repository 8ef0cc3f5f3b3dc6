import type { GroupRoles } from "generated/api";
import { PickMany } from "../../administration/PickMany";
import { useRoleOptions } from "../../administration/roles";
import { useText } from "../../../shared/localization";
import { Button, Field, type FieldProps, IconButton, TextField } from "../../../shared/ui";

/** Which roles the members of a group have here; nobody has others. */
export function GroupMapping({ value, onChange, ...frame }: FieldProps<GroupRoles[]>) {
  const text = useText();
  const roles = useRoleOptions();
  const put = (index: number, changes: Partial<GroupRoles>) => onChange(value.map((one, at) => (at === index ? { ...one, ...changes } : one)));
  return (
    <Field {...frame} group hint={text("admin.idp.mappingHint")}>
      {() => (
        <div className="stack-tight">
          {value.map((one, index) => (
            <div key={index} className="admin-mapping">
              <TextField label={text("admin.idp.group")} value={one.group} onChange={(group) => put(index, { group })} />
              <PickMany label={text("admin.person.roles")} options={roles} value={one.roles} onChange={(next) => put(index, { roles: next })} />
              <IconButton icon="close" label={text("ui.tags.remove", { tag: one.group || text("admin.idp.group") })} onClick={() => onChange(value.filter((_, at) => at !== index))} />
            </div>
          ))}
          <div className="row"><Button size="small" icon="plus" onClick={() => onChange([...value, { group: "", roles: [] }])}>{text("admin.idp.addGroup")}</Button></div>
        </div>
      )}
    </Field>
  );
}
