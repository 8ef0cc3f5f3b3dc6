import type { AuditLogEntry, MessageDelivery } from "generated/api";
import { useData } from "../../../shared/data";
import { useText } from "../../../shared/localization";
import { useMay } from "../../../shared/session/session";
import type { TimelineEvent } from "../../../shared/ui";
import type { Alert } from "../../alerts/alerts";
import { useMeasured } from "../../alerts/useAlertWords";
import { useNames } from "../../people";

const steps: Record<string, "acknowledge" | "resolve"> = { ALERT_ACKNOWLEDGED: "acknowledge", ALERT_RESOLVED: "resolve" };
const told: Record<string, "watch.story.not_told" | "watch.story.told"> = { failed: "watch.story.not_told", sent: "watch.story.told" };

/** What people did to an alert. */
function useEntries(alert: Alert): AuditLogEntry[] {
  const may = useMay()("audit:read");
  const { data } = useData("GET /api/v1/audit", may && alert.status !== "open" ? { query: { resourceType: "alert", resourceId: alert.id, limit: 50 } } : null);
  return (data?.items ?? []).filter((entry) => entry.action in steps);
}

/** Who resolved it, if somebody did and the reader may know. */
export function useResolver(alert: Alert): string | undefined {
  const nameOf = useNames();
  const id = useEntries(alert).find((entry) => entry.action === "ALERT_RESOLVED")?.userId;
  return id ? nameOf(id) : undefined;
}

/** What happened to an alert, from the beginning on. Who acknowledged it is known to those who may read the audit log. */
export function useStory(alert: Alert, deliveries: readonly MessageDelivery[]): TimelineEvent[] {
  const text = useText();
  const measured = useMeasured();
  const nameOf = useNames();
  const entries = useEntries(alert);

  const events: TimelineEvent[] = [
    { key: "first", at: alert.firstAt, tone: "danger", icon: "alert", text: text("watch.story.raised", { tag: alert.tag, threshold: measured(alert.threshold, alert.unit) }) },
  ];
  if (alert.occurrences > 1) {
    events.push({ key: "last", at: alert.lastAt, tone: "warning", icon: "activity", text: text("watch.story.again", { count: alert.occurrences, value: measured(alert.value, alert.unit) }) });
  }
  for (const one of deliveries) {
    events.push({
      key: one.id, at: one.sentAt ?? one.createdAt, icon: "bell", tone: one.status === "failed" ? "danger" : "neutral",
      text: text(told[one.status] ?? "watch.story.waiting", { name: nameOf(one.userId), channel: text(`watch.channel.${one.channel}`) }),
    });
  }
  for (const entry of entries) events.push(stepOf(entry));
  if (alert.status === "resolved" && alert.resolvedAt && !entries.some((entry) => entry.action === "ALERT_RESOLVED")) {
    events.push({ key: "end", at: alert.resolvedAt, tone: "success", icon: "check-circle", text: text(`watch.resolution.${alert.resolution ?? "closed"}`) });
  }
  return events.sort((one, other) => (one.at < other.at ? -1 : 1));

  function stepOf(entry: AuditLogEntry): TimelineEvent {
    const step = steps[entry.action] ?? "acknowledge";
    return {
      key: String(entry.id), at: entry.at,
      tone: step === "resolve" ? "success" : "warning", icon: "check", text: text(`watch.story.${step}`, { name: entry.userId ? nameOf(entry.userId) : text("orders.system") }),
    };
  }
}
