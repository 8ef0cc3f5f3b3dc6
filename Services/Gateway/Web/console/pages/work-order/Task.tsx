import { useRef, useState, type KeyboardEvent } from "react";
import type { TaskResponse } from "generated/api";
import { problemText } from "../../../shared/api/problemText";
import { Problem } from "../../../shared/data";
import { listed, useText } from "../../../shared/localization";
import { useMay } from "../../../shared/session/session";
import { Button, classes, IconButton, Status, toast } from "../../../shared/ui";
import { Answer } from "../../checks/Answer";
import { openBefore, RecordedByOther } from "../../checks/check";
import { recordTask } from "../../checks/record";
import { TaskBadges, TaskFacts } from "../../checks/TaskFacts";
import { Theirs } from "../../checks/Theirs";
import { useRecord } from "../../checks/useRecord";
import { AddTaskFiles, TaskFiles } from "../../files/TaskFiles";
import type { WorkOrder } from "../../orders/orders";
import { Notes } from "./Notes";
import { TaskMenu } from "./TaskMenu";

interface TaskProps { order: WorkOrder; task: TaskResponse; mayChange: boolean; mayDefine: boolean }

/** One step. With the focus on it: D is done, or goes to what is asked for; S skips and asks why, U makes it open again, N writes notes. */
export function Task({ order, task, mayChange, mayDefine }: TaskProps) {
  const text = useText();
  const may = useMay();
  const [notes, setNotes] = useState<"notes" | "skip" | null>(null);
  const line = useRef<HTMLLIElement>(null);
  const focus = () => line.current?.focus();
  const recording = useRecord(order, task, focus);
  const isPending = task.status === "pending";
  const before = isPending ? openBefore(order, task) : [];
  const waits = before.length > 0 ? text("problems.task_waits", { tasks: listed(before.map(({ title }) => title)) }) : undefined;
  const unskippable = waits ?? (task.isMandatory && !may("workorder:verify") ? text("problems.task_mandatory", { task: task.title }) : undefined);
  const refused = (why: string) => toast({ tone: "danger", text: text("orders.tasks.refused", { task: task.title, why }) });
  const set = (status: TaskResponse["status"]) => {
    if (status === task.status) return;
    if (status !== "pending" && waits) {
      refused(waits);
      return;
    }
    recordTask(order, task, { status }).catch((error: unknown) => refused(error instanceof RecordedByOther ? text("problems.stale_version") : problemText(Problem.from(error))));
  };
  const complete = () => {
    if (isPending && task.check) line.current?.querySelector<HTMLElement>(".check-answer :is(input:not([hidden]), textarea, select, button)")?.focus();
    else set("completed");
  };
  const skip = () => {
    if (unskippable) refused(unskippable);
    else if (task.status !== "skipped") setNotes("skip");
  };
  const keyDown = (event: KeyboardEvent<HTMLLIElement>) => {
    if (!mayChange || event.target !== event.currentTarget || event.ctrlKey || event.metaKey || event.altKey) return;
    const acts: Record<string, () => void> = { d: complete, " ": () => (isPending ? complete() : set("pending")), s: skip, u: () => set("pending"), n: () => setNotes("notes") };
    const act = acts[event.key.toLowerCase()];
    if (!act) return;
    event.preventDefault();
    event.stopPropagation();
    act();
  };
  const closeNotes = () => {
    setNotes(null);
    focus();
  };
  return (
    <li ref={line} className={classes("orders-task", !isPending && "orders-task-over")} tabIndex={mayChange ? 0 : undefined} onKeyDown={keyDown} aria-keyshortcuts={mayChange ? "D S U N" : undefined}>
      <div className="orders-task-row">
        <Status kind="task" value={task.status} iconOnly />
        <span className="orders-task-title"><span dir="auto">{task.title}</span>{" "}<TaskBadges task={task} /></span>
        {mayChange && (
          <span className="orders-task-acts">
            {isPending && !task.check && <Button size="small" icon="check" disabledReason={waits} onClick={() => set("completed")}>{text("orders.tasks.complete")}</Button>}
            {isPending && <Button size="small" kind="ghost" disabledReason={unskippable} onClick={skip}>{text("orders.tasks.skip")}</Button>}
            {!isPending && <Button size="small" kind="ghost" icon="refresh" onClick={() => set("pending")}>{text("orders.tasks.reopen")}</Button>}
            <AddTaskFiles order={order} task={task} />
            <IconButton size="small" icon="edit" label={text("orders.tasks.notes_of", { task: task.title })} onClick={() => setNotes("notes")} />
            {mayDefine && <TaskMenu order={order} task={task} focus={focus} />}
          </span>
        )}
      </div>
      <div className="orders-task-facts">
        <TaskFacts order={order} task={task} isAsked={mayChange} />
        <TaskFiles order={order} task={task} />
        {recording.isTheirs && <Theirs task={task} recording={recording} />}
        {mayChange && isPending && task.check && <Answer order={order} task={task} check={task.check} recording={recording} reason={waits} />}
        {notes === null && task.notes && <p className="orders-task-notes muted"><span dir="auto">{task.notes}</span></p>}
        {notes !== null && <Notes order={order} task={task} skips={notes === "skip"} close={closeNotes} />}
      </div>
    </li>
  );
}
