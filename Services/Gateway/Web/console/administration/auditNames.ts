import { hasText, text as textNow, type TextKey } from "../../shared/localization";

/** Where the words of the API for a value have their names; what has none is shown as it is. */
const namesOf: Record<string, string> = {
  "workorder.status": "ui.state.workOrder", "workorder.priority": "ui.state.priority", "workorder.type": "orders.type", "workorder.origin": "orders.origin", "workorder.task.status": "ui.state.task",
  "asset.status": "ui.state.asset", "asset.type": "plant.kind",
  "alert.status": "ui.state.alert", "alert.severity": "ui.state.severity", "alert.resolution": "watch.resolution", "alert_rule.severity": "ui.state.severity", "alert_rule.comparison": "watch.rule",
  "user.employment": "admin.employment", "user.roles": "admin.role", "api_key.roles": "admin.role", "identity-provider.kind": "admin.idp.kind",
  "dead-letter.status": "admin.fleet.status", "event.status": "admin.fleet.status",
};

/** Names that are texts of a page. What is in neither is shown as it is. */
const fieldNames: Record<string, TextKey> = {
  actualEnd: "orders.actual_end", actualStart: "orders.actual_start", allowsPasswords: "admin.idp.allowsPasswords", asset: "fields.assetId", assets: "fields.assetIds", assignedTo: "orders.assignee",
  closedAt: "admin.fleet.closed", comparison: "watch.rule.comparison", consecutive: "watch.rule.consecutive", createsWorkOrder: "watch.rule.creates_order", groupsClaim: "admin.idp.groupsClaim",
  idpProvider: "admin.person.provider", kind: "admin.idp.kind", lastLoginAt: "admin.person.lastLogin", latitude: "plant.latitude", longitude: "plant.longitude", origin: "orders.origin", parent: "fields.parentId",
  passwordLogin: "admin.idp.passwordLogin", provider: "pages.identity_provider", ratedPowerKW: "plant.rated_power", requiredSkills: "orders.skills", resolution: "watch.why_resolved", resolvedAt: "watch.resolved",
  roleMapping: "admin.idp.mapping", scopes: "admin.idp.scopes", secondFactor: "admin.mfa.title", sessionIdleMinutes: "admin.roles.idle", site: "fields.siteId", sites: "fields.siteIds", tag: "plant.tag",
  tags: "plant.keywords", tenant: "fields.tenantId", trustsEmail: "admin.idp.trustsEmail",
};

/** A task is a part of its work order: `tasks/…/status`. */
const taskField = /^tasks\/[^/]+\/(\w+)$/;

/** The name of a field: in the person's language if it is known, else its words. */
export function fieldName(field: string): string {
  const part = taskField.exec(field)?.[1];
  if (part !== undefined) return textNow("orders.filter.one", { name: fieldName("tasks"), value: fieldName(part) });
  const key = `fields.${field}`;
  const other = fieldNames[field];
  return hasText(key) ? textNow(key) : other ? textNow(other) : field;
}

/** What was put in the place of everything that belonged to somebody who was erased. */
export const orErased = (value: string): string => (value === "erased" ? textNow("admin.person.state.erased") : value);

/** A value of a field, if it is one of a few that have names. */
export function valueName(kind: string, field: string, value: string): string {
  if (kind === "user" && value === "erased") return orErased(value);
  const names = namesOf[`${kind}.${field.replace(taskField, "task.$1")}`];
  const key = `${names}.${value}`;
  return names !== undefined && hasText(key) ? textNow(key) : value;
}
