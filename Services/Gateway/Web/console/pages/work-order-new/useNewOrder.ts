import { useEffect, useState } from "react";
import type { CreateWorkOrder } from "generated/api";
import { explain, explainField } from "../../../shared/api/explain";
import { change } from "../../../shared/data";
import { useText } from "../../../shared/localization";
import { navigate } from "../../../shared/router";
import { toast, useForm } from "../../../shared/ui";
import { emptyOrder, keepDraft, linesOf, longestTask, mostTasks, readDraft, type NewOrder } from "./draft";

const bodyOf = (order: NewOrder): CreateWorkOrder => ({
  assetId: order.assetId ?? "",
  title: order.title.trim(),
  type: order.type,
  priority: order.priority,
  ...(order.description.trim() === "" ? {} : { description: order.description.trim() }),
  ...(order.assignedTo === null ? {} : { assignedTo: order.assignedTo }),
  ...(order.requiredSkills.length === 0 ? {} : { requiredSkills: order.requiredSkills }),
  ...(order.scheduledStart === null ? {} : { scheduledStart: order.scheduledStart }),
  ...(order.scheduledEnd === null ? {} : { scheduledEnd: order.scheduledEnd }),
  tasks: linesOf(order.tasks).map((title) => ({ title })),
});

/** The form of a new work order, and the draft that it keeps until it is sent. */
export function useNewOrder(asset: string, done: () => void) {
  const text = useText();
  const [wasKept] = useState(() => readDraft() !== null);
  const form = useForm<NewOrder>({
    initial: { ...emptyOrder, ...(readDraft() ?? (asset === "" ? {} : { assetId: asset })) },
    check: (values) => check(values, text),
    explain,
    explainField,
    submit: async (values) => {
      const made = await change("POST /api/v1/workorders", { body: bodyOf(values) }, { kind: "workorders" });
      keepDraft(null);
      toast({ tone: "success", text: text("orders.new.done", { number: made.number }) });
      done();
      navigate(`/work-orders/${made.id}`);
    },
  });
  const { values } = form;
  useEffect(() => keepDraft(values), [values]);
  const discard = () => {
    keepDraft(null);
    form.reset(emptyOrder);
  };
  return { form, wasKept, discard };
}

function check(values: NewOrder, text: ReturnType<typeof useText>): Partial<Record<keyof NewOrder, string>> {
  const tasks = linesOf(values.tasks);
  const isReversed = values.scheduledStart && values.scheduledEnd && Date.parse(values.scheduledEnd) <= Date.parse(values.scheduledStart);
  return {
    ...(values.assetId === null ? { assetId: text("orders.new.asset_missing") } : {}),
    ...(values.title.trim() === "" ? { title: text("orders.new.title_missing") } : {}),
    ...(isReversed ? { scheduledEnd: text("problems.schedule_reversed") } : {}),
    ...(tasks.length > mostTasks ? { tasks: text("problems.too_many_tasks", { maximum: mostTasks }) } : {}),
    ...(tasks.some((task) => task.length > longestTask) ? { tasks: text("orders.new.task_long", { most: longestTask }) } : {}),
  };
}
