import type { CreateWebhook, WebhookDeliveryResponse, WebhookResponse } from "generated/api";
import { call } from "../../shared/api/call";
import { change, useData } from "../../shared/data";
import type { Tone } from "../../shared/ui";

/** Where another system is told what happens. */
export type Webhook = WebhookResponse;
/** One thing that it was told, and what came of it. */
export type Delivery = WebhookDeliveryResponse;
export type HookEvent = Webhook["events"][number];

export const hookEvents: HookEvent[] = [
  "workorder.created", "workorder.updated", "workorder.state-changed", "workorder.assigned", "workorder.completed", "workorder.commented", "workorder.signed", "workorder.service-level",
  "workorder.cost-booked", "workorder.attachment-changed", "parts.planned", "parts.moved", "budget.threshold-crossed", "permit.changed", "incident.changed", "people.certificate-stage",
];

export const deliveryStates: Delivery["state"][] = ["pending", "delivered", "failed"];

/** `failing`: it was switched off by itself, after days without an answer; `gone`: the receiver has said that it is. */
export type HookState = "active" | "off" | "failing" | "gone";
export const stateOf = ({ isActive, disabledBecause }: Webhook): HookState => (isActive ? "active" : disabledBecause ?? "off");
export const hookTones: Record<HookState, Tone> = { active: "success", off: "neutral", failing: "danger", gone: "danger" };

export interface HookDraft { name: string; url: string; events: HookEvent[]; isActive: boolean }
export const draftOf = ({ name, url, events, isActive }: Webhook): HookDraft => ({ name, url, events, isActive });

export const useWebhooks = () => useData("GET /api/v1/webhooks", {});
export const useWebhook = (id: string) => useData("GET /api/v1/webhooks/{webhook}", { path: { webhook: id } });
export const readWebhook = ({ id }: Webhook): Promise<Webhook> => call("GET /api/v1/webhooks/{webhook}", { path: { webhook: id } });

export const useDeliveries = ({ id }: Webhook, state: Delivery["state"] | undefined) =>
  useData("GET /api/v1/webhooks/{webhook}/deliveries", { path: { webhook: id }, query: { limit: 100, ...(state ? { state } : {}) } });

export const createWebhook = (body: CreateWebhook) => change("POST /api/v1/webhooks", { body });
export const changeWebhook = ({ id }: Webhook, body: Partial<HookDraft>, version: number) => change("PATCH /api/v1/webhooks/{webhook}", { path: { webhook: id }, body }, { version });
export const removeWebhook = ({ id, version }: Webhook): Promise<void> => change("DELETE /api/v1/webhooks/{webhook}", { path: { webhook: id } }, { version }) as Promise<void>;
export const rotateSecret = ({ id }: Webhook, overlapHours: number) => change("POST /api/v1/webhooks/{webhook}/secret", { path: { webhook: id }, body: { overlapHours } });
export const testWebhook = ({ id }: Webhook) => change("POST /api/v1/webhooks/{webhook}/test", { path: { webhook: id } });
export const redeliver = ({ id }: Webhook, delivery: Delivery) => change("POST /api/v1/webhooks/{webhook}/deliveries/{delivery}/redelivery", { path: { webhook: id, delivery: delivery.id } });
export const redeliverFailed = ({ id }: Webhook, since: string) => change("POST /api/v1/webhooks/{webhook}/redeliveries", { path: { webhook: id }, body: { since } });
