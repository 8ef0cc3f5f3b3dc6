import type { TaskResponse } from "generated/api";
import { explain, explainField } from "../../../shared/api/explain";
import { listed, useText, type TextKey } from "../../../shared/localization";
import { toast, useForm, type Option } from "../../../shared/ui";
import { additionOf, asked, changeOf, draftOf, emptyTask, taskFaults, type TaskDraft } from "../../checks/draft";
import { addTask, changeTask } from "../../checks/record";
import { TaskFields } from "../../checks/TaskFields";
import { useCheckWords } from "../../checks/useCheckWords";
import { readOrder } from "../../orders/changes";
import type { WorkOrder } from "../../orders/orders";
import { EditDialog } from "../assets/EditDialog";
import { FormDialog } from "../assets/FormDialog";
import { useEdit } from "../assets/useEdit";

const inWords = (faults: { [name: string]: TextKey | undefined }, text: ReturnType<typeof useText>): { [name: string]: string } =>
  Object.fromEntries(Object.entries(faults).flatMap(([name, key]) => (key ? [[name, text(key)]] : [])));

const optionsOf = (tasks: readonly TaskResponse[]): Option[] => tasks.map(({ id, title }) => ({ value: id, label: title }));

/** A new task, with what is asked for when it is done. */
export function NewTaskDialog({ order, title, close }: { order: WorkOrder; title: string; close: (isDone: boolean) => void }) {
  const text = useText();
  const form = useForm<TaskDraft>({
    initial: { ...emptyTask, title },
    check: (values) => inWords(taskFaults(values), text),
    explain,
    explainField,
    submit: async (values) => {
      await addTask(order, additionOf(values));
      close(true);
    },
  });
  return (
    <FormDialog title={text("orders.tasks.new")} form={form} confirm={text("orders.tasks.add")} close={() => close(false)}>
      <TaskFields form={form} earlier={optionsOf(order.tasks)} />
    </FormDialog>
  );
}

/** Changes what a task asks for. What somebody else has changed of it meanwhile is shown beside. */
export function ChangeTaskDialog({ order, task, close }: { order: WorkOrder; task: TaskResponse; close: () => void }) {
  const text = useText();
  const { asked: askedWords, demand } = useCheckWords();
  const taskIn = ({ tasks }: WorkOrder) => tasks.find((one) => one.id === task.id) ?? task;
  const edit = useEdit<WorkOrder, TaskDraft>({
    record: order,
    valuesOf: (record) => draftOf(taskIn(record), taskIn(record).dependsOn),
    read: () => readOrder(order.id),
    send: (changes, version) => changeTask(order, task, changeOf(changes), version),
    check: (values) => inWords(taskFaults(values), text),
    done: ({ title }) => {
      toast({ tone: "success", text: text("orders.check.saved", { task: title }) });
      close();
    },
  });
  const nameOf = (id: string) => order.tasks.find((one) => one.id === id)?.title ?? "";
  return (
    <EditDialog
      title={text("orders.check.change")} edit={edit} close={close}
      labels={{ title: text("orders.title"), description: text("orders.check.how"), isMandatory: text("orders.check.mandatory"), dependsOn: text("orders.check.depends"), check: text("orders.check.asks") }}
      shown={(name, values) => {
        const check = asked(values.check);
        switch (name) {
          case "isMandatory": return text(values.isMandatory ? "orders.check.yes" : "orders.check.no");
          case "dependsOn": return listed(values.dependsOn.map(nameOf));
          case "check": return check ? [askedWords(check), demand(check)].filter(Boolean).join(" – ") : text("orders.check.kind.none");
          default: return values[name];
        }
      }}
    >
      <TaskFields form={edit.form} earlier={optionsOf(order.tasks.filter((one) => one.position < task.position))} />
    </EditDialog>
  );
}
