import type { AccessResponse, AccessResponseHeldGrant as HeldGrant, Permission, UserResponse } from "generated/api";
import { useMemo } from "react";
import { PersonName } from "../../administration/people";
import { allPermissions, usePermissionName, useRoleName, useRoles } from "../../administration/roles";
import { useSiteOptions } from "../../administration/places";
import { shownProblem } from "../../administration/useApiForm";
import { useData } from "../../../shared/data";
import { useText } from "../../../shared/localization";
import { useFormat } from "../../../shared/localization/format";
import { Link, useSearch } from "../../../shared/router";
import { Badge, Banner, Card, Combobox, EmptyState, ErrorState, KeyValue, Skeleton } from "../../../shared/ui";

/** "Why may she?": one permission, and by which role, where, under which condition and until when; or what is missing. */
export function WhyTab({ user }: { user: UserResponse }) {
  const text = useText();
  const [search, setSearch] = useSearch();
  const permissionName = usePermissionName();
  const { roles } = useRoles();
  const all = useMemo(() => allPermissions(roles), [roles]);
  const permission = all.find((one) => one === search.get("permission")) ?? null;
  const { data, problem, retry } = useData("GET /api/v1/users/{id}/access", permission ? { path: { id: user.id }, query: { permission } } : null);
  const shown = shownProblem(problem);
  return (
    <Card title={text("admin.why.title", { name: user.displayName })}>
      <div className="stack">
        <Combobox
          className="admin-why" label={text("admin.why.permission")} value={permission} placeholder={text("admin.why.placeholder")}
          options={all.map((one) => ({ value: one, label: permissionName(one), hint: one }))} onChange={(value) => setSearch({ permission: value })}
        />
        {permission === null && <EmptyState title={text("admin.why.choose")} icon="key">{text("admin.why.chooseText")}</EmptyState>}
        {permission !== null && !data && (shown ? <ErrorState problem={shown} retry={retry} /> : <Skeleton lines={4} />)}
        {permission !== null && data && <Answer access={data} user={user} permission={permission} />}
      </div>
    </Card>
  );
}

function Answer({ access, user, permission }: { access: AccessResponse; user: UserResponse; permission: Permission }) {
  const text = useText();
  const permissionName = usePermissionName();
  const roleName = useRoleName();
  const format = useFormat();
  const { answer, grants } = access;
  if (!answer) return null;
  const values = { name: user.displayName, what: permissionName(permission) };
  return (
    <div className="stack" aria-live="polite">
      <Banner tone={answer.isAllowed ? "success" : "warning"} icon={answer.isAllowed ? "check-circle" : "lock"}>
        <strong>{text(answer.isAllowed ? "admin.why.may" : "admin.why.mayNot", values)}</strong>
      </Banner>
      {answer.obstacles.length > 0 && (
        <ul className="admin-lines">{answer.obstacles.map((one) => <li key={one}>{text(`admin.why.obstacle.${one}`, values)}</li>)}</ul>
      )}
      {grants.map((grant, index) => <Grant key={index} grant={grant} access={access} />)}
      {!answer.isAllowed && answer.rolesWithIt.length > 0 && (
        <div className="row">
          <span>{text("admin.why.rolesWithIt")}</span>
          {answer.rolesWithIt.map((role) => <Link key={role} to={`/roles?role=${encodeURIComponent(role)}`}>{roleName(role)}</Link>)}
        </div>
      )}
      <p className="muted">{text("admin.why.roles", { roles: access.roles.length > 0 ? format.list(access.roles.map((one) => roleName(one.role))) : text("admin.none") })}</p>
    </div>
  );
}

function Grant({ grant, access }: { grant: HeldGrant; access: AccessResponse }) {
  const text = useText();
  const format = useFormat();
  const roleName = useRoleName();
  const sites = useSiteOptions();
  const role = access.roles.find((one) => one.role === grant.role);
  const siteNames = access.siteIds.map((id) => sites.find((site) => site.value === id)?.label ?? id.slice(0, 8));
  const where = grant.scope === "sites" && siteNames.length > 0 ? text("admin.why.atSites", { sites: format.list(siteNames) }) : text(`admin.scope_long.${grant.scope}`);
  return (
    <Card level={3} title={<>{text("admin.why.by", { role: roleName(grant.role) })}</>} actions={grant.lacks && <Badge tone="warning">{text("admin.why.reachesNothing")}</Badge>}>
      <KeyValue
        entries={[
          { label: text("admin.why.scope"), value: where },
          { label: text("admin.why.condition"), value: grant.condition ? text(`admin.condition.${grant.condition}`) : text("admin.why.always") },
          { label: text("admin.why.lacks"), value: grant.lacks ? text(`admin.why.lacks.${grant.lacks}`) : undefined },
          { label: text("admin.why.until"), value: grant.expiresAt ? format.dateTime(grant.expiresAt) : text("admin.why.noEnd") },
          { label: text("admin.why.given"), value: role?.assignedAt ? format.dateTime(role.assignedAt) : undefined },
          { label: text("admin.why.givenBy"), value: role?.assignedBy ? <PersonName id={role.assignedBy} /> : undefined },
        ]}
      />
    </Card>
  );
}
