import type { TaskResponse } from "generated/api";
import { useText } from "../../shared/localization";
import { Banner, Button, useStatusName } from "../../shared/ui";
import { useCheckWords } from "./useCheckWords";
import type { Recording } from "./useRecord";

/** Somebody else has recorded the task while this person was answering it: both answers, and which to keep. */
export function Theirs({ task, recording }: { task: TaskResponse; recording: Recording }) {
  const text = useText();
  const status = useStatusName();
  const { answer } = useCheckWords();
  const { draft } = recording;
  if (!task.check) return null;
  const theirs = task.answer ? answer(task.check, task.answer) : status("task", task.status);
  return (
    <Banner
      tone="warning"
      action={
        <span className="row">
          <Button size="small" onClick={() => recording.write({})}>{text("orders.check.keep_theirs")}</Button>
          <Button size="small" kind="primary" onClick={() => void recording.send(draft, true)}>{text("orders.check.take_mine")}</Button>
        </span>
      }
    >
      {text("orders.check.theirs", { theirs, mine: answer(task.check, draft) })}
      {recording.wrong.problem ?? recording.wrong.field}
    </Banner>
  );
}
