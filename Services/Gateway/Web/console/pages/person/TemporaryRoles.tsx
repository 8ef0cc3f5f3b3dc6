import { useState } from "react";
import { useRoleName, useRoleOptions } from "../../administration/roles";
import { useLocalization, useText } from "../../../shared/localization";
import { useFormat } from "../../../shared/localization/format";
import { Button, DateTimeField, Field, type FieldProps, IconButton, Select } from "../../../shared/ui";

export interface TemporaryRole { role: string; expiresAt: string }


/** Roles that end by themselves. */
export function TemporaryRoles({ value, onChange, ...frame }: FieldProps<TemporaryRole[]>) {
  const text = useText();
  const { zone } = useLocalization();
  const format = useFormat();
  const roleName = useRoleName();
  const options = useRoleOptions();
  const [role, setRole] = useState("");
  const [until, setUntil] = useState<string | null>(null);
  const add = () => {
    if (!role || !until) return;
    onChange([...value.filter((one) => one.role !== role), { role, expiresAt: until }]);
    setRole("");
    setUntil(null);
  };
  const missing = role && until ? undefined : text("admin.access.temporaryNeeds");
  return (
    <Field {...frame} group hint={text("admin.access.temporaryHint")}>
      {() => (
        <div className="stack-tight">
          {value.length > 0 && (
            <ul className="admin-lines">
              {value.map((one) => (
                <li key={one.role}>
                  <span>{text("admin.access.until", { role: roleName(one.role), time: format.dateTime(one.expiresAt) })}</span>
                  {!frame.disabledReason && (
                    <IconButton icon="close" size="small" label={text("ui.tags.remove", { tag: roleName(one.role) })} onClick={() => onChange(value.filter((other) => other !== one))} />
                  )}
                </li>
              ))}
            </ul>
          )}
          {!frame.disabledReason && (
            <div className="ui-form-row">
              <Select label={text("admin.access.temporaryRole")} value={role} placeholder={text("admin.access.chooseRole")} options={options} onChange={setRole} />
              <div className="stack-tight">
                <DateTimeField label={text("admin.access.temporaryEnd")} zone={zone} value={until} min={new Date().toISOString()} onChange={setUntil} />
                <Button size="small" icon="plus" disabledReason={missing} onClick={add}>{text("admin.access.temporaryAdd")}</Button>
              </div>
            </div>
          )}
        </div>
      )}
    </Field>
  );
}
