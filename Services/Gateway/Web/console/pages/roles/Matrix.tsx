import { Fragment, useMemo } from "react";
import { areaOf, grantsOf, type Role, usePermissionName, useRoleName } from "../../administration/roles";
import { useText } from "../../../shared/localization";
import { Link } from "../../../shared/router";
import { Icon } from "../../../shared/ui";

interface MatrixProps { roles: readonly Role[]; permissions: readonly string[]; all: readonly string[] }

/** A table with a heading that stays at the top and a first column that stays at the side. */
export function Matrix({ roles, permissions, all }: MatrixProps) {
  const text = useText();
  const roleName = useRoleName();
  const permissionName = usePermissionName();
  const grants = useMemo(() => new Map(roles.map((role) => [role.role, grantsOf(role, all)])), [roles, all]);
  return (
    <div className="roles-matrix" tabIndex={0} role="region" aria-label={text("admin.roles.matrix")}>
      <table>
        <thead>
          <tr>
            <th scope="col" className="roles-corner">{text("admin.roles.permission")}</th>
            {roles.map((role) => (
              <th key={role.role} scope="col" title={role.role}>
                <Link to={`/roles?role=${encodeURIComponent(role.role)}`}>{roleName(role.role)}</Link>
                {!role.isSystem && <span className="roles-own">{text("admin.roles.own")}</span>}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {permissions.map((permission, index) => {
            const area = areaOf(permission);
            const before = permissions[index - 1];
            return (
              <Fragment key={permission}>
                {(before === undefined || areaOf(before) !== area) && (
                  <tr className="roles-area"><th scope="rowgroup">{text(`admin.area.${area}`)}</th><td colSpan={roles.length} /></tr>
                )}
                <tr>
                  <th scope="row" title={permission}>{permissionName(permission)}</th>
                  {roles.map((role) => <Cell key={role.role} grant={grants.get(role.role)?.get(permission)} />)}
                </tr>
              </Fragment>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

function Cell({ grant }: { grant: { scope: string; condition?: string | null } | undefined }) {
  const text = useText();
  if (!grant) return <td><span className="roles-none">{text("admin.roles.no")}</span></td>;
  return (
    <td className="roles-yes">
      <span className="roles-scope"><Icon name="check" size={12} />{text(`admin.scope.${grant.scope as "tenant"}`)}</span>
      {grant.condition && <span className="roles-condition">{text(`admin.condition.${grant.condition as "minor"}`)}</span>}
    </td>
  );
}
