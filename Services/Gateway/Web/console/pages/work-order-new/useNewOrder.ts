import { useEffect, useState } from "react";
import type { CreateWorkOrder } from "generated/api";
import { explain, explainField } from "../../../shared/api/explain";
import { change, useData } from "../../../shared/data";
import { useText } from "../../../shared/localization";
import { navigate } from "../../../shared/router";
import { toast, useForm } from "../../../shared/ui";
import { emptyOrder, fill, isFilled, keepDraft, linesOf, longestTask, mostTasks, readDraft, type NewOrder } from "./draft";

const bodyOf = (order: NewOrder): CreateWorkOrder => ({
  assetId: order.assetId ?? "",
  ...(isFilled(order, "title") ? {} : { title: order.title.trim() }),
  ...(isFilled(order, "type") ? {} : { type: order.type }),
  ...(isFilled(order, "priority") ? {} : { priority: order.priority }),
  // Without a template, what is empty is not there; with one, it says so.
  ...(isFilled(order, "description") || (order.templateId === null && order.description.trim() === "") ? {} : { description: order.description.trim() }),
  ...(order.safetyNotes.trim() === "" ? {} : { safetyNotes: order.safetyNotes.trim() }),
  ...(isFilled(order, "requiredSkills") || (order.templateId === null && order.requiredSkills.length === 0) ? {} : { requiredSkills: order.requiredSkills }),
  ...(order.assignedTo === null ? {} : { assignedTo: order.assignedTo }),
  ...(order.scheduledStart === null ? {} : { scheduledStart: order.scheduledStart }),
  ...(order.scheduledEnd === null ? {} : { scheduledEnd: order.scheduledEnd }),
  ...(order.templateId === null ? { tasks: linesOf(order.tasks).map((title) => ({ title })) } : { templateId: order.templateId }),
});

/** The form of a new work order, and the draft that it keeps until it is sent. */
export function useNewOrder(asset: string, done: () => void, templateId = "") {
  const text = useText();
  const [wasKept] = useState(() => readDraft() !== null);
  const form = useForm<NewOrder>({
    initial: { ...emptyOrder, ...(readDraft() ?? (asset === "" ? {} : { assetId: asset })), ...(templateId === "" ? {} : { templateId }) },
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
  const { values, set } = form;
  useEffect(() => keepDraft(values), [values]);
  const template = useData("GET /api/v1/workorders/templates/{id}", values.templateId ? { path: { id: values.templateId } } : null).data;
  useEffect(() => {
    if (!template) return;
    const { name: title, description, type, priority, requiredSkills } = template;
    const filled = { title, description: description ?? "", type, priority, requiredSkills };
    if (JSON.stringify(filled) !== JSON.stringify(values.filled)) set(fill(values, filled));
  }, [template, values, set]);
  const discard = () => {
    keepDraft(null);
    form.reset(emptyOrder);
  };
  return { form, wasKept, discard, template };
}

function check(values: NewOrder, text: ReturnType<typeof useText>): Partial<Record<keyof NewOrder, string>> {
  const tasks = values.templateId === null ? linesOf(values.tasks) : [];
  const isReversed = values.scheduledStart && values.scheduledEnd && Date.parse(values.scheduledEnd) <= Date.parse(values.scheduledStart);
  return {
    ...(values.assetId === null ? { assetId: text("orders.new.asset_missing") } : {}),
    ...(values.title.trim() === "" ? { title: text("orders.new.title_missing") } : {}),
    ...(isReversed ? { scheduledEnd: text("problems.schedule_reversed") } : {}),
    ...(tasks.length > mostTasks ? { tasks: text("problems.too_many_tasks", { maximum: mostTasks }) } : {}),
    ...(tasks.some((task) => task.length > longestTask) ? { tasks: text("orders.new.task_long", { most: longestTask }) } : {}),
  };
}
