import { useState, type FormEvent } from "react";
import type { TaskResponse } from "generated/api";
import { problemText } from "../../../shared/api/problemText";
import { Problem } from "../../../shared/data";
import { useText } from "../../../shared/localization";
import { Banner, Button, TextArea } from "../../../shared/ui";
import { RecordedByOther } from "../../checks/check";
import { recordTask } from "../../checks/record";
import type { WorkOrder } from "../../orders/orders";

/** What was found or done; of a task that is skipped: why. Nothing typed is lost when it fails. */
export function Notes({ order, task, skips, close }: { order: WorkOrder; task: TaskResponse; skips: boolean; close: () => void }) {
  const text = useText();
  const [notes, setNotes] = useState(task.notes ?? "");
  const [problem, setProblem] = useState<string>();
  const [busy, setBusy] = useState(false);
  const save = async (event?: FormEvent) => {
    event?.preventDefault();
    if (busy) return;
    setBusy(true);
    setProblem(undefined);
    try {
      await recordTask(order, task, { status: skips ? "skipped" : task.status, notes: notes.trim() === "" ? null : notes });
      close();
    } catch (error) {
      setProblem(error instanceof RecordedByOther ? text("problems.stale_version") : problemText(Problem.from(error)));
      setBusy(false);
    }
  };
  return (
    <form
      className="stack-tight orders-task-notes" onSubmit={(event) => void save(event)}
      onKeyDown={(event) => { if (event.key === "Escape") close(); else if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) void save(); }}
    >
      {problem && <Banner tone="danger">{problem}</Banner>}
      <TextArea label={text(skips ? "orders.tasks.skip_why" : "orders.tasks.notes")} value={notes} onChange={setNotes} maxLength={2000} rows={2} autoFocus />
      <div className="row">
        <Button size="small" kind="primary" type="submit" busy={busy}>{text(skips ? "orders.tasks.skip" : "orders.save")}</Button>
        <Button size="small" onClick={close}>{text("ui.cancel")}</Button>
      </div>
    </form>
  );
}
