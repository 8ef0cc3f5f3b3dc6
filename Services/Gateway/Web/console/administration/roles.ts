import type { Permission, RoleRoutesRoleResponse } from "generated/api";
import { useMemo } from "react";
import { useData } from "../../shared/data";
import { hasText, type TextKey, useText } from "../../shared/localization";
import { useMay } from "../../shared/session/session";
import type { Option } from "../../shared/ui";

export type Role = RoleRoutesRoleResponse;

/** Areas of the matrix, in its order, with the kinds of things that their permissions are about. */
export const areas = {
  work: ["workorder", "workorder-cost", "attachment", "labor"],
  assets: ["site", "asset", "asset-history", "asset-document", "sensor", "telemetry", "prediction"],
  alerts: ["alert", "alert-rule", "notification"],
  inventory: ["part", "part-cost", "stock", "purchase"],
  planning: ["schedule", "maintenance-plan", "utilization", "time-off", "sync"],
  reports: [
    "executive-dashboard", "operations-dashboard", "backlog", "sla-report", "cost-report", "safety-report",
    "performance-report", "productivity-report", "report",
  ],
  safety: ["procedure", "safety-document", "checklist", "permit", "incident", "certificate", "compliance-report"],
  administration: ["user", "skill", "role", "audit", "legal-hold", "api-key", "tenant", "integration", "platform"],
} as const;

export type Area = keyof typeof areas;
export const areaNames = Object.keys(areas) as Area[];

export function areaOf(permission: string): Area {
  const thing = permission.split(":")[0] ?? "";
  return areaNames.find((area) => (areas[area] as readonly string[]).includes(thing)) ?? "administration";
}

const placeOf = (permission: string): number => (areas[areaOf(permission)] as readonly string[]).indexOf(permission.split(":")[0] ?? "");

export function useRoles(): { roles: readonly Role[]; isLoading: boolean } {
  const may = useMay();
  const { data, isLoading } = useData("GET /api/v1/roles", may("role:read") ? {} : null);
  return useMemo(() => ({ roles: data?.items ?? [], isLoading: isLoading && !data }), [data, isLoading]);
}

/** The name of a role in the person's language: roles that every organization has are translated, its own are as somebody wrote them. */
export function useRoleName(): (role: string) => string {
  const text = useText();
  const { roles } = useRoles();
  return (name) => {
    const own = roles.find((role) => role.role === name && !role.isSystem);
    if (own) return own.displayName ?? name;
    const key = `admin.role.${name}`;
    return hasText(key) ? text(key) : roles.find((role) => role.role === name)?.displayName ?? name;
  };
}

export function useRoleOptions(): Option[] {
  const { roles } = useRoles();
  const name = useRoleName();
  return roles.map((role) => ({ value: role.role, label: name(role.role), hint: role.role }));
}

/** "Create work orders" for `workorder:create`. */
export function usePermissionName(): (permission: string) => string {
  const text = useText();
  return (permission) => {
    const key = `permissions.${permission}`;
    return hasText(key) ? text(key as TextKey) : permission;
  };
}

/** What a role grants, with the star of administrators written out; what concerns the whole installation has to be named. */
export function grantsOf(role: Role, all: readonly string[]): Map<string, { scope: string; condition?: string | null }> {
  const grants = new Map<string, { scope: string; condition?: string | null }>();
  for (const grant of role.grants) {
    const named = grant.permission === "*" ? all.filter((one) => !one.startsWith("platform:")) : [grant.permission];
    for (const permission of named) if (!grants.has(permission)) grants.set(permission, grant);
  }
  return grants;
}

/** Every permission that there is, in the order of the areas. */
export function allPermissions(roles: readonly Role[]): Permission[] {
  const found = new Set(roles.flatMap((role) => role.permissions));
  return [...found].sort((one, other) => {
    const byArea = areaNames.indexOf(areaOf(one)) - areaNames.indexOf(areaOf(other));
    return byArea || placeOf(one) - placeOf(other) || (one < other ? -1 : 1);
  }) as Permission[];
}
