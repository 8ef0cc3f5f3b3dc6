import { problemText } from "../../../shared/api/problemText";
import { useData } from "../../../shared/data";
import { hasText, useText } from "../../../shared/localization";
import { Card, ErrorState, Skeleton, Timeline, type IconName, type TimelineEvent, type Tone } from "../../../shared/ui";
import { moves, type Move, type WorkOrder } from "../../orders/orders";
import { useNames } from "../../people";
import { useZones } from "../../places";

const tones: Record<string, Tone> = { start: "info", resume: "info", pause: "warning", complete: "success", cancel: "danger", schedule: "purple" };
const icons: Record<string, IconName> = { create: "plus", request: "bell" };

/** The one reason that nobody types: there is no code for it. */
const assetDeleted = "the asset was deleted";

/** Who did what, when and why, from the beginning on. */
export function Story({ order }: { order: WorkOrder }) {
  const text = useText();
  const nameOf = useNames();
  const zone = useZones()(order.siteId);
  const { data, problem, retry } = useData("GET /api/v1/workorders/{id}/history", { path: { id: order.id } });
  const who = (id: string | null | undefined) => (id ? nameOf(id) : text("orders.system"));

  const moved = (data?.items ?? []).map((entry): TimelineEvent => {
    const key = entry.transition === "request" ? `orders.story.request_${order.origin}` : `orders.story.${entry.transition}`;
    return {
      key: `move ${entry.version}`,
      at: entry.at,
      text: hasText(key) ? text(key, { name: who(entry.by) }) : text("orders.story.other", { name: who(entry.by), status: text(`ui.state.workOrder.${entry.to}`) }),
      detail: entry.reason === assetDeleted ? text("watch.resolution.asset_deleted") : entry.reason ? <q className="orders-reason" dir="auto">{entry.reason}</q> : undefined,
      icon: icons[entry.transition] ?? moves[entry.transition as Move]?.icon ?? "circle",
      tone: tones[entry.transition] ?? "neutral",
    };
  });
  const tasks = order.tasks.flatMap((task): TimelineEvent[] =>
    task.completedAt && task.status !== "pending"
      ? [{
        key: `task ${task.id}`,
        at: task.completedAt,
        text: text(task.status === "completed" ? "orders.story.task_completed" : "orders.story.task_skipped", { name: who(task.completedBy), task: task.title }),
        detail: task.notes || undefined,
        icon: task.status === "completed" ? "check" : "minus",
      }]
      : []
  );
  const events = [...moved, ...tasks].sort((one, other) => (one.at < other.at ? -1 : one.at > other.at ? 1 : 0));
  return (
    <Card title={text("orders.story")}>
      {data ? <Timeline label={text("orders.story")} events={events} zone={zone} /> : problem ? <ErrorState problem={{ message: problemText(problem) }} retry={retry} /> : <Skeleton lines={4} />}
    </Card>
  );
}
