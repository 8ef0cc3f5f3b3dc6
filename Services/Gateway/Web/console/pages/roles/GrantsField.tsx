import type { Permission, RoleRoutesGrantInput as Grant } from "generated/api";
import { areaNames, areaOf, usePermissionName } from "../../administration/roles";
import { useText } from "../../../shared/localization";
import { useMay } from "../../../shared/session/session";
import { Combobox, Field, type FieldProps, IconButton, Select } from "../../../shared/ui";

const scopes = ["tenant", "sites", "assets", "team", "assigned", "own"] as const;
const conditions = [
  "from-alarms", "assigned-limited", "draft-only", "limited-amount", "parts-only", "planning-fields", "field-status", "remote-status", "bess-only", "safety-history", "safety-docs",
  "compliance-docs", "certificates", "safety-certs", "compliance-certs", "aggregated", "availability", "without-costs", "approval", "inventory", "safety", "compliance", "regulatory",
  "operators", "safety-events", "site-config", "scada", "request", "loto-only", "minor",
] as const;

/** What a role grants: each permission with where it holds and under which condition. Only what the person has can be added. */
export function GrantsField({ value, onChange, all, ...frame }: FieldProps<Grant[]> & { all: readonly Permission[] }) {
  const text = useText();
  const may = useMay();
  const permissionName = usePermissionName();
  const put = (index: number, grant: Grant | null) => onChange(grant ? value.map((one, at) => (at === index ? grant : one)) : value.filter((_, at) => at !== index));
  const offered = all.filter((one) => may(one) && !value.some((grant) => grant.permission === one));
  const sorted = value.map((grant, index) => ({ grant, index })).sort((one, other) => areaNames.indexOf(areaOf(one.grant.permission)) - areaNames.indexOf(areaOf(other.grant.permission)));
  return (
    <Field {...frame} group hint={text("admin.roles.grantsHint")}>
      {() => (
        <div className="stack-tight">
          <Combobox
            key={value.length} label={text("admin.roles.addPermission")} hideLabel value={null} placeholder={text("admin.roles.addPermission")}
            options={offered.map((one) => ({ value: one, label: permissionName(one), hint: one }))}
            onChange={(permission) => { if (permission) onChange([...value, { permission: permission as Grant["permission"], scope: "tenant" }]); }}
          />
          <ul className="roles-grants">
            {sorted.map(({ grant, index }) => (
              <li key={`${grant.permission} ${grant.scope} ${grant.condition ?? ""}`} className="roles-grant">
                <span title={grant.permission}>{permissionName(grant.permission)}</span>
                <Select
                  label={text("admin.roles.scopeOf", { what: permissionName(grant.permission) })} hideLabel value={grant.scope}
                  options={scopes.map((scope) => ({ value: scope, label: text(`admin.scope.${scope}`) }))} onChange={(scope) => put(index, { ...grant, scope })}
                />
                <Select
                  label={text("admin.roles.conditionOf", { what: permissionName(grant.permission) })} hideLabel value={(grant.condition ?? "") as string} placeholder={text("admin.why.always")}
                  options={conditions.map((one) => ({ value: one as string, label: text(`admin.condition.${one}`) }))}
                  onChange={(condition) => put(index, { permission: grant.permission, scope: grant.scope, ...(condition ? { condition: condition as NonNullable<Grant["condition"]> } : {}) })}
                />
                <IconButton icon="close" size="small" label={text("ui.tags.remove", { tag: permissionName(grant.permission) })} onClick={() => put(index, null)} />
              </li>
            ))}
          </ul>
        </div>
      )}
    </Field>
  );
}
