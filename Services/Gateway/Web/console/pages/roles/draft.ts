import type { RoleRoutesGrantInput as Grant } from "generated/api";
import type { Role } from "../../administration/roles";

export interface Draft { name: string; displayName: string; description: string; grants: Grant[]; requiresMfa: boolean; sessionHours: number | null; sessionIdleMinutes: number | null }

export const draftOf = (role: Role | undefined, all: readonly string[]): Draft => ({
  name: role?.role ?? "", displayName: role?.displayName ?? "", description: role?.description ?? "", requiresMfa: role?.requiresMfa ?? false,
  sessionHours: role?.sessionHours ?? null, sessionIdleMinutes: role?.sessionIdleMinutes ?? null, grants: role ? grantsFrom(role, all) : [],
});

export const grantsFrom = (role: Role, all: readonly string[]): Grant[] =>
  role.grants.flatMap((grant) =>
    (grant.permission === "*" ? all.filter((one) => !one.startsWith("platform:")) : [grant.permission]).map((permission) =>
      ({ permission, scope: grant.scope, ...(grant.condition ? { condition: grant.condition } : {}) }) as Grant));

/** A role field by field, with each permission as a field of its own: of two people who add one each, neither loses theirs. */
export type Fields = { [field: string]: unknown };

const prefix = "grant ";

export const permissionOf = (field: string): string | undefined => (field.startsWith(prefix) ? field.slice(prefix.length) : undefined);

export function fieldsOf({ displayName, description, requiresMfa, sessionHours, sessionIdleMinutes, grants }: Draft): Fields {
  const fields: Fields = { displayName: displayName.trim(), description: description.trim(), requiresMfa, sessionHours, sessionIdleMinutes };
  for (const permission of [...new Set(grants.map((grant) => grant.permission))].sort()) {
    const same = grants.filter((grant) => grant.permission === permission);
    fields[prefix + permission] = same.map(({ scope, condition }) => ({ scope, condition: condition ?? null })).sort((one, other) => (JSON.stringify(one) < JSON.stringify(other) ? -1 : 1));
  }
  return fields;
}

export type Where = Pick<Grant, "scope" | "condition">;

export function draftFrom(name: string, fields: Fields): Draft {
  const grants = Object.entries(fields).flatMap(([field, where]) => {
    const permission = permissionOf(field);
    return permission === undefined ? [] : ((where ?? []) as Where[]).map(({ scope, condition }) => ({ permission, scope, ...(condition ? { condition } : {}) }) as Grant);
  });
  const { displayName, description, requiresMfa, sessionHours, sessionIdleMinutes } = fields as unknown as Omit<Draft, "name" | "grants">;
  return { name, displayName, description, requiresMfa, sessionHours, sessionIdleMinutes, grants };
}
