import { useRef, useState, type KeyboardEvent } from "react";
import type { ChangeTask, TaskResponse } from "generated/api";
import { problemText } from "../../../shared/api/problemText";
import { change, Problem } from "../../../shared/data";
import { useText } from "../../../shared/localization";
import { Banner, Button, classes, IconButton, Status, TextArea, toast } from "../../../shared/ui";
import type { WorkOrder } from "../../orders/orders";

type Outcome = Pick<ChangeTask, "status" | "notes">;
interface TaskProps { order: WorkOrder; task: TaskResponse; mayChange: boolean }

/** One step. With the focus on it: D is done, S skips and asks why, U makes it open again, N writes notes. */
export function Task({ order, task, mayChange }: TaskProps) {
  const text = useText();
  const [notes, setNotes] = useState<string | null>(null);
  const [skips, setSkips] = useState(false);
  const line = useRef<HTMLLIElement>(null);
  const closeNotes = () => {
    setNotes(null);
    setSkips(false);
    setProblem(undefined);
    line.current?.focus();
  };
  const [problem, setProblem] = useState<string>();
  const finish = async (body: Outcome) => {
    const tasks = order.tasks.map((one) => (one.id === task.id ? { ...one, ...body } : one));
    await change(
      "PATCH /api/v1/workorders/{id}/tasks/{task}",
      { path: { id: order.id, task: task.id }, body },
      { kind: "workorders", foreseen: { kind: "workorders", id: order.id, change: { tasks } } }
    );
  };
  const set = (status: TaskResponse["status"]) => {
    if (status === task.status) return;
    finish({ status }).catch((error: unknown) => toast({ tone: "danger", text: text("orders.tasks.refused", { task: task.title, why: problemText(Problem.from(error)) }) }));
  };
  // Skipping needs a reason, which is the task's notes.
  const skip = () => {
    if (task.status === "skipped") return;
    setSkips(true);
    setNotes(task.notes ?? "");
  };
  const saveNotes = async () => {
    try {
      await finish({ status: skips ? "skipped" : task.status, notes: notes?.trim() === "" ? null : notes });
      closeNotes();
    } catch (error) {
      setProblem(problemText(Problem.from(error)));
    }
  };
  const keyDown = (event: KeyboardEvent<HTMLLIElement>) => {
    if (!mayChange || event.target !== event.currentTarget || event.ctrlKey || event.metaKey || event.altKey) return;
    const acts: Record<string, () => void> = { d: () => set("completed"), " ": () => set(task.status === "pending" ? "completed" : "pending"), s: skip, u: () => set("pending"), n: () => setNotes(task.notes ?? "") };
    const act = acts[event.key.toLowerCase()];
    if (!act) return;
    event.preventDefault();
    event.stopPropagation();
    act();
  };
  return (
    <li ref={line} className={classes("orders-task", task.status !== "pending" && "orders-task-over")} tabIndex={mayChange ? 0 : undefined} onKeyDown={keyDown} aria-keyshortcuts={mayChange ? "D S U N" : undefined}>
      <div className="orders-task-row">
        <Status kind="task" value={task.status} iconOnly />
        <span className="orders-task-title" dir="auto">{task.title}</span>
        {mayChange && (
          <span className="orders-task-acts">
            {task.status === "pending" && <Button size="small" icon="check" onClick={() => set("completed")}>{text("orders.tasks.complete")}</Button>}
            {task.status === "pending" && <Button size="small" kind="ghost" onClick={skip}>{text("orders.tasks.skip")}</Button>}
            {task.status !== "pending" && <Button size="small" kind="ghost" icon="refresh" onClick={() => set("pending")}>{text("orders.tasks.reopen")}</Button>}
            <IconButton size="small" icon="edit" label={text("orders.tasks.notes_of", { task: task.title })} onClick={() => setNotes(task.notes ?? "")} />
          </span>
        )}
      </div>
      {notes === null && task.notes && <p className="orders-task-notes muted">{task.notes}</p>}
      {notes !== null && (
        <form className="stack-tight orders-task-notes" onKeyDown={(event) => { if (event.key === "Escape") closeNotes(); else if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) void saveNotes(); }} onSubmit={(event) => { event.preventDefault(); void saveNotes(); }}>
          {problem && <Banner tone="danger">{problem}</Banner>}
          <TextArea label={text(skips ? "orders.tasks.skip_why" : "orders.tasks.notes")} value={notes} onChange={setNotes} maxLength={2000} rows={2} autoFocus />
          <div className="row">
            <Button size="small" kind="primary" type="submit">{text(skips ? "orders.tasks.skip" : "orders.save")}</Button>
            <Button size="small" onClick={closeNotes}>{text("ui.cancel")}</Button>
          </div>
        </form>
      )}
    </li>
  );
}
