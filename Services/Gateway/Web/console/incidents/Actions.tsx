import { useState } from "react";
import { useText } from "../../shared/localization";
import { useFormat } from "../../shared/localization/format";
import { Badge, Button, Card, Checkbox, Combobox, DateField, TextArea, toast } from "../../shared/ui";
import { readIfStale } from "../administration/readIfStale";
import { explain, useApiForm } from "../administration/useApiForm";
import { useAssignees } from "../orders/AssignDialog";
import { FormDialog } from "../pages/assets/FormDialog";
import { useNames, usePerson } from "../people";
import { addAction, changeAction, type Action, type Incident } from "./incidents";

/** Days are compared as they are written. */
const today = (): string => new Date().toISOString().slice(0, 10);

/** What is done so that it does not happen again, by whom and until when. */
export function Actions({ incident, mayChange, read }: { incident: Incident; mayChange: boolean; read: () => void }) {
  const text = useText();
  const [isNew, setNew] = useState(false);
  const mark = (action: Action, isDone: boolean) => {
    readIfStale(changeAction(incident, action, { isDone }), read).then(read, (error: unknown) => toast({ tone: "danger", text: explain(error) }));
  };
  return (
    <Card title={text("orders.incident.actions")} actions={mayChange && <Button size="small" icon="plus" onClick={() => setNew(true)}>{text("orders.incident.action_add")}</Button>}>
      {incident.actions.length === 0 ? <p className="muted">{text("orders.incident.no_actions")}</p> : (
        <ul className="admin-lines" aria-label={text("orders.incident.actions")}>
          {incident.actions.map((action) => <Line key={action.id} action={action} mark={mayChange ? (isDone) => mark(action, isDone) : undefined} />)}
        </ul>
      )}
      {isNew && <NewAction incident={incident} read={read} close={() => setNew(false)} />}
    </Card>
  );
}

function Line({ action, mark }: { action: Action; mark: ((isDone: boolean) => void) | undefined }) {
  const text = useText();
  const format = useFormat();
  const nameOf = useNames();
  const isDone = Boolean(action.doneAt);
  const due = format.date(`${action.dueOn}T12:00:00Z`, "UTC");
  return (
    <li>
      <div className="stack-tight">
        {mark ? <Checkbox label={<span dir="auto">{action.text}</span>} value={isDone} onChange={mark} /> : <span dir="auto">{action.text}</span>}
        <span className="muted">{text("orders.incident.action_of", { name: nameOf(action.owner), day: due })}</span>
      </div>
      {isDone ? <Badge tone="success" icon="check">{text("orders.incident.action_done")}</Badge> : action.dueOn < today() && <Badge tone="danger" icon="clock">{text("orders.overdue")}</Badge>}
    </li>
  );
}

interface Draft { text: string; ownerId: string | null; dueOn: string }

function NewAction({ incident, read, close }: { incident: Incident; read: () => void; close: () => void }) {
  const text = useText();
  const people = useAssignees();
  const [initial] = useState<Draft>({ text: "", ownerId: null, dueOn: "" });
  const form = useApiForm<Draft>({
    initial,
    check: (values) => ({
      ...(values.text.trim() ? {} : { text: text("rules.required") }), ...(values.ownerId ? {} : { ownerId: text("rules.required") }), ...(values.dueOn ? {} : { dueOn: text("rules.required") }),
    }),
    submit: async ({ text: words, ownerId, dueOn }) => {
      await readIfStale(addAction(incident, { text: words.trim(), ownerId: ownerId ?? "", dueOn }), read);
      read();
      form.reset(initial);
      close();
    },
  });
  const person = usePerson(form.values.ownerId);
  return (
    <FormDialog title={text("orders.incident.action_add")} form={form} confirm={text("orders.incident.action_add")} close={close}>
      <TextArea label={text("orders.incident.action")} required rows={2} maxLength={1000} {...form.field("text")} />
      <Combobox label={text("orders.incident.owner")} required {...form.field("ownerId")} options={people} valueLabel={person?.name} />
      <DateField label={text("orders.incident.due")} required {...form.field("dueOn")} />
    </FormDialog>
  );
}
