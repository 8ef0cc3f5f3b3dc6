import type { HistoryEntry } from "generated/api";
import { problemText } from "../../../shared/api/problemText";
import { hasText, useText } from "../../../shared/localization";
import { Card, ErrorState, Skeleton, Status, Timeline, type IconName, type TimelineEvent, type Tone } from "../../../shared/ui";
import { TaskBadges } from "../../checks/TaskFacts";
import { useCheckWords } from "../../checks/useCheckWords";
import { moves, phaseLook, type Move, type WorkOrder } from "../../orders/orders";
import { useHistory } from "../../orders/useHistory";
import { useNames } from "../../people";
import { useZones } from "../../places";

const tones: Record<string, Tone> = { start: "info", resume: "info", reopen: "info", pause: "warning", reject: "warning", complete: "success", verify: "success", close: "success", cancel: "danger", schedule: "purple" };
const icons: Record<string, IconName> = { create: "plus", request: "bell" };

/** The one reason that nobody types: there is no code for it. */
const assetDeleted = "the asset was deleted";

/** Where a policy asks for somebody else, these steps lead to another phase, and are called otherwise. */
function keyOf({ transition, toPhase }: HistoryEntry, order: WorkOrder): string {
  if (transition === "request") return `orders.story.request_${order.origin}`;
  return transition === "submit" && toPhase === "submitted" ? "orders.story.submit_for_approval" : `orders.story.${transition}`;
}

/** Without a policy only the states are to be seen: what nobody has approved or closed is open or completed. */
function lookOf({ transition, to, toPhase }: HistoryEntry) {
  const isLeftOut = (toPhase === "approved" && transition !== "approve") || (toPhase === "closed" && transition !== "close");
  return toPhase && !isLeftOut ? phaseLook(toPhase) : { kind: "workOrder" as const, value: to };
}

/** Who did what, when, why, and where that led, from the beginning on. */
export function Story({ order }: { order: WorkOrder }) {
  const text = useText();
  const nameOf = useNames();
  const zone = useZones()(order.siteId);
  const { answer } = useCheckWords();
  const { entries, problem, retry } = useHistory(order);
  const who = (id: string | null | undefined) => (id ? nameOf(id) : text("orders.system"));

  const moved = (entries ?? []).map((entry): TimelineEvent => {
    const key = keyOf(entry, order);
    return {
      key: `move ${entry.version}`,
      at: entry.at,
      text: hasText(key) ? text(key, { name: who(entry.by) }) : text("orders.story.other", { name: who(entry.by), status: text(`ui.state.workOrder.${entry.to}`) }),
      detail: (
        <>
          {entry.holdReason && <div>{text(`orders.hold.${entry.holdReason}`)}</div>}
          {entry.reason === assetDeleted ? <div>{text("watch.resolution.asset_deleted")}</div> : entry.reason ? <div><q className="orders-reason" dir="auto">{entry.reason}</q></div> : null}
          <Status {...lookOf(entry)} />
        </>
      ),
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
        detail: task.check && task.answer ? <><div><span dir="auto">{answer(task.check, task.answer)}</span> <TaskBadges task={{ isMandatory: false, outcome: task.outcome ?? null }} /></div>{task.notes}</> : task.notes || undefined,
        icon: task.status === "completed" ? "check" : "minus",
      }]
      : []
  );
  const events = [...moved, ...tasks].sort((one, other) => (one.at < other.at ? -1 : one.at > other.at ? 1 : 0));
  return (
    <Card title={text("orders.story")}>
      {entries ? <Timeline label={text("orders.story")} events={events} zone={zone} /> : problem ? <ErrorState problem={{ message: problemText(problem) }} retry={retry} /> : <Skeleton lines={4} />}
    </Card>
  );
}
