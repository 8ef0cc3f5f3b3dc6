import { useState, type FormEvent } from "react";
import { problemText } from "../../../shared/api/problemText";
import { Problem } from "../../../shared/data";
import { useText } from "../../../shared/localization";
import { useMay } from "../../../shared/session/session";
import { Banner, Button, Card, Progress, TextField } from "../../../shared/ui";
import { addTask } from "../../checks/record";
import { useMayDefine } from "../../checks/useMayDefine";
import { isOpen, type WorkOrder } from "../../orders/orders";
import { Task } from "./Task";
import { NewTaskDialog } from "./TaskDialog";

/** The steps of the work, in their order. */
export function Tasks({ order }: { order: WorkOrder }) {
  const text = useText();
  const may = useMay();
  const mayChange = may("workorder:update") && isOpen(order, "tasks");
  const mayDefine = useMayDefine();
  const tasks = [...order.tasks].sort((one, other) => one.position - other.position);
  const done = tasks.filter((task) => task.status !== "pending").length;
  const arrows = (event: React.KeyboardEvent<HTMLUListElement>) => {
    const step = { ArrowDown: 1, ArrowUp: -1, j: 1, k: -1 }[event.key];
    if (step === undefined || !(event.target instanceof HTMLLIElement)) return;
    const all = [...event.currentTarget.querySelectorAll<HTMLLIElement>(":scope > li")];
    all[all.indexOf(event.target) + step]?.focus();
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <Card title={text("orders.tasks")}>
      <div className="stack-tight">
        {tasks.length > 0 && <Progress label={text("orders.tasks.progress")} value={done / tasks.length} note={text("orders.tasks.done", { count: done, all: tasks.length })} />}
        {tasks.length === 0 && <p className="muted">{text(mayChange ? "orders.tasks.none_yet" : "orders.tasks.none")}</p>}
        <ul className="orders-tasks" onKeyDown={arrows}>{tasks.map((task) => <Task key={task.id} order={order} task={task} mayChange={mayChange} mayDefine={mayDefine} />)}</ul>
        {mayChange && <NewTask order={order} />}
      </div>
    </Card>
  );
}

function NewTask({ order }: { order: WorkOrder }) {
  const text = useText();
  const [title, setTitle] = useState("");
  /** With what is asked for, it is a form of its own. */
  const [isOpen, setOpen] = useState(false);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string>();
  const add = async (event: FormEvent) => {
    event.preventDefault();
    if (title.trim() === "" || busy) return;
    setBusy(true);
    setProblem(undefined);
    try {
      await addTask(order, { title: title.trim() });
      setTitle("");
    } catch (error) {
      setProblem(problemText(Problem.from(error)));
    } finally {
      setBusy(false);
    }
  };
  return (
    <>
      <form className="orders-task-new" onSubmit={(event) => void add(event)}>
        {problem && <Banner tone="danger">{problem}</Banner>}
        <div className="orders-task-line">
          <TextField label={text("orders.tasks.new")} hideLabel placeholder={text("orders.tasks.new")} value={title} onChange={setTitle} maxLength={200} />
          <Button type="submit" busy={busy} icon="plus">{text("orders.tasks.add")}</Button>
          <Button icon="check-circle" onClick={() => setOpen(true)}>{text("orders.check.add")}</Button>
        </div>
      </form>
      {isOpen && <NewTaskDialog order={order} title={title} close={(isDone) => { setOpen(false); if (isDone) setTitle(""); }} />}
    </>
  );
}
