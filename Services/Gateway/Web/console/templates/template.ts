import type { CreateTemplate, ReplaceTemplate, WorkTemplate } from "generated/api";
import { call } from "../../shared/api/call";
import type { Option } from "../../shared/ui";
import { draftOf, newTaskOf, type TaskDraft } from "../checks/draft";
import type { Priority, WorkOrderType } from "../orders/orders";

export type Template = WorkTemplate;

/** A task in the form of a template: its key is its own wherever it is moved. */
export interface PlannedDraft extends TaskDraft { key: string }

/** A template as its form has it. */
export interface TemplateDraft {
  name: string;
  /** Empty: all sites. It can't be changed later. */
  siteId: string;
  type: WorkOrderType;
  priority: Priority;
  requiredSkills: string[];
  estimatedMinutes: number | null;
  description: string;
  tasks: PlannedDraft[];
}

export const emptyTemplate: TemplateDraft = {
  name: "", siteId: "", type: "preventive", priority: "medium", requiredSkills: [], estimatedMinutes: null, description: "", tasks: [],
};

export const templateDraftOf = (template: Template): TemplateDraft => ({
  name: template.name, siteId: template.siteId ?? "", type: template.type, priority: template.priority, requiredSkills: template.requiredSkills,
  estimatedMinutes: template.estimatedMinutes ?? null, description: template.description ?? "",
  tasks: template.tasks.map((task, index) => ({ key: String(index + 1), ...draftOf(task, task.after.map(String)) })),
});

/** The API numbers tasks by their places, from 1. */
export const contentOf = ({ name, type, priority, requiredSkills, estimatedMinutes, description, tasks }: TemplateDraft): ReplaceTemplate => ({
  name: name.trim(), type, priority, requiredSkills,
  ...(estimatedMinutes === null ? {} : { estimatedMinutes }),
  ...(description.trim() === "" ? {} : { description: description.trim() }),
  tasks: tasks.map((task) => ({ ...newTaskOf(task), after: task.dependsOn.map((key) => tasks.findIndex((one) => one.key === key) + 1).filter((number) => number > 0) })),
});

export const creationOf = (draft: TemplateDraft): CreateTemplate => ({ ...contentOf(draft), ...(draft.siteId === "" ? {} : { siteId: draft.siteId }) });

export const readTemplate = (id: string): Promise<Template> => call("GET /api/v1/workorders/templates/{id}", { path: { id } });

/** Templates that can be used at a site, by words of their names. */
export async function findTemplates(words: string, signal: AbortSignal, siteId?: string): Promise<Option[]> {
  const q = words.trim().slice(0, 100);
  const { items } = await call("GET /api/v1/workorders/templates", { query: { limit: 50, ...(q === "" ? {} : { q }), ...(siteId ? { siteId } : {}) } }, { signal });
  return items.map(({ id, name }) => ({ value: id, label: name }));
}

/** A task at another place; `undefined` if it would come before one that it waits for. */
export function movedTask(tasks: readonly PlannedDraft[], index: number, by: -1 | 1): PlannedDraft[] | undefined {
  const [task, other] = [tasks[index], tasks[index + by]];
  if (!task || !other || (by === -1 ? task.dependsOn.includes(other.key) : other.dependsOn.includes(task.key))) return undefined;
  const next = [...tasks];
  next[index] = other;
  next[index + by] = task;
  return next;
}

/** Nobody waits for a task that is gone. */
export const withoutTask = (tasks: readonly PlannedDraft[], key: string): PlannedDraft[] =>
  tasks.filter((one) => one.key !== key).map((one) => ({ ...one, dependsOn: one.dependsOn.filter((other) => other !== key) }));
