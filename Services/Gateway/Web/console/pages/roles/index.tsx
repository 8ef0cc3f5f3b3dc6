import { useMemo, useState } from "react";
import { PickMany } from "../../administration/PickMany";
import { allPermissions, areaNames, areaOf, grantsOf, type Role, usePermissionName, useRoleName, useRoles } from "../../administration/roles";
import { shownProblem } from "../../administration/useApiForm";
import { useTyped } from "../../administration/useKept";
import { useData } from "../../../shared/data";
import { useText } from "../../../shared/localization";
import { useSearch } from "../../../shared/router";
import { useMay } from "../../../shared/session/session";
import { Button, Card, EmptyState, ErrorState, PageHeader, SearchField, Select, Skeleton, Switch } from "../../../shared/ui";
import { Matrix } from "./Matrix";
import { RoleCard } from "./RoleCard";
import { RoleEditor } from "./RoleEditor";

/** What every role may do: permissions by roles, where and under which condition. */
export default function Roles() {
  const text = useText();
  const may = useMay();
  const [search, setSearch] = useSearch();
  const { data, problem, retry } = useData("GET /api/v1/roles", {});
  const { roles } = useRoles();
  const roleName = useRoleName();
  const permissionName = usePermissionName();
  const [edited, setEdited] = useState<Role | "new">();
  const words = search.get("q") ?? "";
  const [typed, setTyped] = useTyped(words, (q) => setSearch({ q }));
  const area = areaNames.find((one) => one === search.get("area"));
  const chosen = (search.get("role") ?? "").split(",").filter((name) => roles.some((role) => role.role === name));
  const shown = chosen.length > 0 ? chosen.flatMap((name) => roles.filter((role) => role.role === name)) : roles;
  const onlyDifferent = search.get("different") === "1" && shown.length > 1;
  const all = useMemo(() => allPermissions(roles), [roles]);
  const wanted = words.toLowerCase();
  const permissions = useMemo(() => {
    const grants = shown.map((role) => grantsOf(role, all));
    const cell = (index: number, permission: string) => JSON.stringify(grants[index]?.get(permission) ?? null, ["scope", "condition"]);
    return all.filter((one) =>
      (!area || areaOf(one) === area) &&
      (wanted === "" || `${permissionName(one)} ${one}`.toLowerCase().includes(wanted)) &&
      (!onlyDifferent || shown.some((_, index) => cell(index, one) !== cell(0, one))));
  }, [all, area, wanted, onlyDifferent, shown, permissionName]);
  const failed = shownProblem(problem);
  return (
    <>
      <PageHeader
        title={text("pages.roles")} description={text("admin.roles.text")}
        actions={may("role:manage") && <Button icon="plus" kind="primary" onClick={() => setEdited("new")}>{text("admin.roles.create")}</Button>}
      />
      {!data ? failed ? <ErrorState problem={failed} retry={retry} /> : <Card><Skeleton lines={12} /></Card> : (
        <div className="stack">
          {shown.length === 1 && shown[0] && <RoleCard role={shown[0]} edit={setEdited} />}
          <Card flush>
            <div className="roles-tools">
              <SearchField label={text("admin.roles.search")} value={typed} onChange={setTyped} />
              <Select
                label={text("admin.roles.area")} hideLabel value={area ?? ""} placeholder={text("admin.roles.anyArea")}
                options={areaNames.map((value) => ({ value: value as string, label: text(`admin.area.${value}`) }))} onChange={(value) => setSearch({ area: value })}
              />
              <div className="roles-pick">
                <PickMany
                  label={text("admin.roles.which")} hideLabel value={chosen} placeholder={text("admin.roles.pick")}
                  options={roles.map((role) => ({ value: role.role, label: roleName(role.role), hint: role.role }))} onChange={(next) => setSearch({ role: next.join(",") })}
                />
              </div>
              <Switch
                label={text("admin.roles.different")} value={onlyDifferent} disabledReason={shown.length > 1 ? undefined : text("admin.roles.twoNeeded")}
                onChange={(on) => setSearch({ different: on ? "1" : null })}
              />
            </div>
            {permissions.length > 0 ? <Matrix roles={shown} permissions={permissions} all={all} /> : (
              <EmptyState title={text("admin.roles.none")} action={<Button onClick={() => { setTyped(""); setSearch({ q: null, area: null, different: null }); }}>{text("admin.filters.clear")}</Button>} />
            )}
          </Card>
        </div>
      )}
      {edited && <RoleEditor role={edited === "new" ? undefined : edited} close={() => setEdited(undefined)} />}
    </>
  );
}
