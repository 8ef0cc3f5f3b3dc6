import { useRef, useState, type KeyboardEvent } from "react";
import { createPortal } from "react-dom";
import { explain, explainField } from "../../shared/api/explain";
import { useText } from "../../shared/localization";
import { Button, Field, IconButton, useForm, type FieldProps } from "../../shared/ui";
import { asked, emptyTask, taskFaults, type TaskDraft } from "../checks/draft";
import { TaskFields } from "../checks/TaskFields";
import { FormDialog } from "../pages/assets/FormDialog";
import { Planned } from "./TaskPlan";
import { movedTask, withoutTask, type PlannedDraft } from "./template";

type TasksFieldProps = Pick<FieldProps<PlannedDraft[]>, "value" | "onChange" | "name" | "error">;

/** The tasks of a template: a line for a plain one, a form for one that asks for something. */
export function TasksField({ value: tasks, onChange, name, error }: TasksFieldProps) {
  const text = useText();
  const [title, setTitle] = useState("");
  const [open, setOpen] = useState<PlannedDraft | "new" | null>(null);
  const list = useRef<HTMLOListElement>(null);
  const add = (draft: TaskDraft) => {
    const key = String(1 + Math.max(0, ...tasks.map((one) => Number(one.key))));
    onChange([...tasks, { key, ...draft }]);
    setTitle("");
  };
  const addLine = () => { if (title.trim() !== "") add({ ...emptyTask, title: title.trim() }); };
  const place = (index: number, by: -1 | 1) => {
    const next = movedTask(tasks, index, by);
    if (!next) return;
    onChange(next);
    // The focus goes with the task.
    requestAnimationFrame(() => list.current?.children[index + by]?.querySelector<HTMLElement>(`[data-place="${by}"]`)?.focus());
  };
  const keyDown = (event: KeyboardEvent) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    event.stopPropagation();
    addLine();
  };
  const editing = open === "new" ? undefined : open ?? undefined;
  const before = editing ? tasks.slice(0, tasks.findIndex((one) => one.key === editing.key)) : tasks;
  return (
    <>
      <Field label={text("orders.tasks")} name={name ?? "tasks"} error={error} required={false} group>
        {() => (
          <>
            {tasks.length > 0 && (
              <ol ref={list} className="template-tasks" aria-label={text("orders.tasks")}>
                {tasks.map((task, index) => (
                  <Planned
                    key={task.key} task={task} check={asked(task.check)} opensFollowUp={task.check.opensFollowUp}
                    after={task.dependsOn.map((key) => tasks.find((one) => one.key === key)?.title ?? "")}
                    actions={
                      <span className="row template-task-acts">
                        <IconButton size="small" icon="edit" label={text("orders.template.task_edit", { task: task.title })} onClick={() => setOpen(task)} />
                        <IconButton
                          size="small" icon="arrow-up" data-place="-1" label={text("orders.template.task_up", { task: task.title })} onClick={() => place(index, -1)}
                          disabledReason={index === 0 ? text("orders.template.first") : movedTask(tasks, index, -1) ? undefined : text("orders.check.stays")}
                        />
                        <IconButton
                          size="small" icon="arrow-down" data-place="1" label={text("orders.template.task_down", { task: task.title })} onClick={() => place(index, 1)}
                          disabledReason={index === tasks.length - 1 ? text("orders.template.last") : movedTask(tasks, index, 1) ? undefined : text("orders.check.stays")}
                        />
                        <IconButton size="small" icon="trash" label={text("orders.template.task_remove", { task: task.title })} onClick={() => onChange(withoutTask(tasks, task.key))} />
                      </span>
                    }
                  />
                ))}
              </ol>
            )}
            <div className="orders-task-line">
              <div className="ui-field">
                <input
                  className="ui-input" aria-label={text("orders.tasks.new")} placeholder={text("orders.tasks.new")} value={title} maxLength={200} autoComplete="off"
                  onChange={(event) => setTitle(event.target.value)} onKeyDown={keyDown}
                />
              </div>
              <Button icon="plus" onClick={addLine}>{text("orders.tasks.add")}</Button>
              <Button icon="check-circle" onClick={() => setOpen("new")}>{text("orders.check.add")}</Button>
            </div>
          </>
        )}
      </Field>
      {open && createPortal(
        <PlannedDialog
          task={editing ?? { ...emptyTask, title }} isNew={!editing} earlier={before} close={() => setOpen(null)}
          save={(draft) => (editing ? onChange(tasks.map((one) => (one.key === editing.key ? { key: one.key, ...draft } : one))) : add(draft))}
        />,
        // The fields around it are a form, and no form can be inside another.
        document.body
      )}
    </>
  );
}

interface PlannedDialogProps { task: TaskDraft; isNew: boolean; earlier: readonly PlannedDraft[]; save: (draft: TaskDraft) => void; close: () => void }

function PlannedDialog({ task: { title, description, isMandatory, dependsOn, check }, isNew, earlier, save, close }: PlannedDialogProps) {
  const text = useText();
  const form = useForm<TaskDraft>({
    initial: { title, description, isMandatory, dependsOn, check },
    check: (values) => Object.fromEntries(Object.entries(taskFaults(values)).map(([name, key]) => [name, text(key)])),
    explain,
    explainField,
    submit: async (values) => {
      save(values);
      close();
    },
  });
  return (
    <FormDialog title={text(isNew ? "orders.tasks.new" : "orders.check.change")} form={form} confirm={text(isNew ? "orders.tasks.add" : "orders.template.take")} close={close}>
      <TaskFields form={form} earlier={earlier.map((one) => ({ value: one.key, label: one.title }))} />
    </FormDialog>
  );
}
