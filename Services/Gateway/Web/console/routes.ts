import { lazy, type ComponentType, type LazyExoticComponent } from "react";
import type { Permission } from "generated/api";
import type { TextKey } from "../shared/localization";
import { match } from "../shared/router";
import type { IconName } from "../shared/ui";

type Page = LazyExoticComponent<ComponentType>;

export interface Route {
  path: string;
  page: Page;
  /** Begins to load the page before it is shown. */
  load: () => Promise<unknown>;
  title: TextKey;
  /** Who lacks all of these is not offered the page, and is told so if they come by its address. */
  needs?: Permission[];
  /** Where the menu shows it. */
  menu?: { group: "work" | "plant" | "administration"; icon: IconName };
  /** Nothing is around it: it is made for paper. */
  isPaper?: boolean;
}

const route = (path: string, title: TextKey, load: () => Promise<{ default: ComponentType }>, rest: Partial<Route> = {}): Route => ({
  path,
  title,
  page: lazy(load),
  load,
  ...rest,
});

/** Every page of the console. A new page is a folder in `pages` and a line here. */
export const routes: Route[] = [
  route("/", "pages.overview", () => import("./pages/overview"), { menu: { group: "work", icon: "activity" } }),
  route("/work-orders", "pages.work_orders", () => import("./pages/work-orders"), { needs: ["workorder:read"], menu: { group: "work", icon: "wrench" } }),
  route("/work-orders/new", "orders.new", () => import("./pages/work-order-new"), { needs: ["workorder:create"] }),
  route("/work-orders/:id", "pages.work_order", () => import("./pages/work-order"), { needs: ["workorder:read"] }),
  route("/work-orders/:id/print", "pages.work_order_print", () => import("./pages/work-order-print"), { needs: ["workorder:read"], isPaper: true }),
  route("/schedule", "pages.schedule", () => import("./pages/schedule"), { needs: ["schedule:read", "workorder:schedule", "workorder:reschedule", "workorder:assign"], menu: { group: "work", icon: "calendar" } }),
  route("/shifts", "pages.shifts", () => import("./pages/shifts"), { needs: ["schedule:read", "crew:manage"], menu: { group: "work", icon: "clock" } }),
  route("/time-off", "pages.time_off", () => import("./pages/time-off"), { needs: ["time-off:request", "time-off:approve"], menu: { group: "work", icon: "sun" } }),
  route("/requests", "pages.requests", () => import("./pages/requests"), { needs: ["request-link:read"], menu: { group: "work", icon: "globe" } }),
  route("/requests/links", "pages.request_links", () => import("./pages/request-links"), { needs: ["request-link:read"] }),
  route("/requests/:id", "pages.request", () => import("./pages/request"), { needs: ["request-link:read"] }),
  route("/templates", "pages.templates", () => import("./pages/templates"), { needs: ["procedure:read"], menu: { group: "work", icon: "copy" } }),
  route("/templates/new", "orders.template.new", () => import("./pages/template-new"), { needs: ["procedure:manage"] }),
  route("/templates/:id", "pages.template", () => import("./pages/template"), { needs: ["procedure:read"] }),
  route("/permits", "pages.permits", () => import("./pages/permits"), { needs: ["workorder:read"], menu: { group: "work", icon: "board" } }),
  route("/permits/:id", "pages.permit", () => import("./pages/permit"), { needs: ["workorder:read"] }),
  route("/permits/:id/print", "pages.permit_print", () => import("./pages/permit-print"), { needs: ["workorder:read"], isPaper: true }),
  route("/isolations", "pages.isolations", () => import("./pages/isolations"), { needs: ["workorder:read"], menu: { group: "work", icon: "lock" } }),
  route("/incidents", "pages.incidents", () => import("./pages/incidents"), { needs: ["incident:read", "incident:report", "incident:investigate"], menu: { group: "work", icon: "shield" } }),
  route("/incidents/:id", "pages.incident", () => import("./pages/incident"), { needs: ["incident:read", "incident:report", "incident:investigate"] }),
  route("/alerts", "pages.alerts", () => import("./pages/alerts"), { needs: ["alert:read"], menu: { group: "work", icon: "alert" } }),
  route("/alerts/:id", "pages.alert", () => import("./pages/alert"), { needs: ["alert:read"] }),
  route("/rules", "pages.rules", () => import("./pages/rules"), { needs: ["alert-rule:read"], menu: { group: "plant", icon: "gear" } }),
  route("/deliveries", "pages.deliveries", () => import("./pages/deliveries"), { needs: ["notification:read"], menu: { group: "work", icon: "bell" } }),
  route("/assets", "pages.assets", () => import("./pages/assets"), { needs: ["asset:read"], menu: { group: "plant", icon: "tree" } }),
  route("/assets/:id", "pages.asset", () => import("./pages/asset"), { needs: ["asset:read"] }),
  route("/sites/:id", "pages.site", () => import("./pages/site"), { needs: ["site:read"] }),
  route("/compare", "pages.compare", () => import("./pages/compare"), { needs: ["telemetry:read"], menu: { group: "plant", icon: "sort" } }),
  route("/people", "pages.people", () => import("./pages/people"), { needs: ["user:read"], menu: { group: "administration", icon: "users" } }),
  route("/people/:id", "pages.person", () => import("./pages/person"), { needs: ["user:read"] }),
  route("/crews", "pages.crews", () => import("./pages/crews"), { needs: ["schedule:read", "crew:manage"], menu: { group: "administration", icon: "users" } }),
  route("/certificates", "pages.certificates", () => import("./pages/certificates"), { needs: ["skill:manage"], menu: { group: "administration", icon: "shield" } }),
  route("/roles", "pages.roles", () => import("./pages/roles"), { needs: ["role:read"], menu: { group: "administration", icon: "shield" } }),
  route("/me", "pages.account", () => import("./pages/account")),
  route("/keys", "pages.api_keys", () => import("./pages/api-keys"), { needs: ["api-key:read"], menu: { group: "administration", icon: "key" } }),
  route("/costs/rates", "pages.cost_rates", () => import("./pages/rates"), { needs: ["workorder-cost:read"], menu: { group: "administration", icon: "chart" } }),
  route("/budgets", "pages.budgets", () => import("./pages/budgets"), { needs: ["workorder-cost:read"], menu: { group: "administration", icon: "board" } }),
  route("/budgets/:id", "pages.budget", () => import("./pages/budget"), { needs: ["workorder-cost:read"] }),
  route("/service-levels", "pages.service_levels", () => import("./pages/service-levels"), { needs: ["tenant:update"], menu: { group: "administration", icon: "clock" } }),
  route("/automation", "pages.automation", () => import("./pages/automation"), { needs: ["automation:read"], menu: { group: "administration", icon: "play" } }),
  route("/automation/:id", "pages.automation_rule", () => import("./pages/automation-rule"), { needs: ["automation:read"] }),
  route("/webhooks", "pages.webhooks", () => import("./pages/webhooks"), { needs: ["webhook:read"], menu: { group: "administration", icon: "link" } }),
  route("/webhooks/:id", "pages.webhook", () => import("./pages/webhook"), { needs: ["webhook:read"] }),
  route("/tenant", "pages.tenant", () => import("./pages/tenant"), { needs: ["tenant:update"], menu: { group: "administration", icon: "gear" } }),
  route("/identity-provider", "pages.identity_provider", () => import("./pages/identity-provider"), { needs: ["tenant:update"], menu: { group: "administration", icon: "lock" } }),
  route("/tenants", "pages.tenants", () => import("./pages/tenants"), { needs: ["platform:read"], menu: { group: "administration", icon: "home" } }),
  route("/fleet", "pages.fleet", () => import("./pages/fleet"), { needs: ["platform:read"], menu: { group: "administration", icon: "activity" } }),
  route("/devices", "pages.devices", () => import("./pages/devices"), { needs: ["sync:use"] }),
  route("/sync", "pages.sync", () => import("./pages/sync"), { needs: ["user:read"], menu: { group: "administration", icon: "phone" } }),
  route("/audit", "pages.audit", () => import("./pages/audit"), { needs: ["audit:read"], menu: { group: "administration", icon: "history" } }),
];

if (process.env.NODE_ENV === "development") {
  routes.push(route("/design", "pages.design", () => import("./pages/design")));
}

/** The page of an address, and the parts of it that the route names. */
export function findRoute(path: string): { route: Route; values: Record<string, string> } | null {
  for (const route of routes) {
    const values = match(route.path, path);
    if (values) return { route, values };
  }
  return null;
}
