import { useState } from "react";
import type { TaskResponse } from "generated/api";
import { explain } from "../../../shared/api/explain";
import { listed, useText } from "../../../shared/localization";
import { ConfirmDialog, Menu, toast } from "../../../shared/ui";
import { waitingFor } from "../../checks/check";
import { changeTask, removeTask } from "../../checks/record";
import type { WorkOrder } from "../../orders/orders";
import { ChangeTaskDialog } from "./TaskDialog";

/** What those who plan the work do with a task. */
export function TaskMenu({ order, task, focus }: { order: WorkOrder; task: TaskResponse; focus: () => void }) {
  const text = useText();
  const [open, setOpen] = useState<"change" | "remove" | null>(null);
  const close = () => setOpen(null);
  const waiting = waitingFor(order, task);
  const finished = task.status === "pending" ? undefined : text("problems.task_finished", { task: task.title });
  const needed = waiting.length > 0 ? text("problems.task_needed", { tasks: listed(waiting.map(({ title }) => title)) }) : undefined;
  const place = (position: number) => {
    changeTask(order, task, { position }).then(focus, (error: unknown) => toast({ tone: "danger", text: text("orders.tasks.refused", { task: task.title, why: explain(error) }) }));
  };
  const all = [...order.tasks].sort((one, other) => one.position - other.position);
  const at = all.findIndex((one) => one.id === task.id);
  const [above, below] = [all[at - 1], all[at + 1]];
  // Who waits stays behind.
  const stays = text("orders.check.stays");
  return (
    <>
      <Menu
        label={text("orders.check.more", { task: task.title })} size="small"
        items={[
          { key: "change", label: text("orders.check.change"), icon: "edit", disabledReason: finished, run: () => setOpen("change") },
          ...(above ? [{ key: "up", label: text("orders.check.up"), icon: "arrow-up" as const, disabledReason: finished ?? (task.dependsOn.includes(above.id) ? stays : undefined), run: () => place(at) }] : []),
          ...(below ? [{ key: "down", label: text("orders.check.down"), icon: "arrow-down" as const, disabledReason: finished ?? (below.dependsOn.includes(task.id) ? stays : undefined), run: () => place(at + 2) }] : []),
          { key: "remove", label: text("orders.check.remove"), icon: "trash", danger: true, disabledReason: finished ?? needed, run: () => setOpen("remove") },
        ]}
      />
      {open === "change" && <ChangeTaskDialog order={order} task={task} close={close} />}
      {open === "remove" && (
        <ConfirmDialog
          title={text("orders.check.remove_title", { task: task.title })} confirm={text("orders.check.remove")} danger explain={explain} close={close}
          run={() => removeTask(order, task)}
        >
          {text("orders.check.remove_text")}
        </ConfirmDialog>
      )}
    </>
  );
}
