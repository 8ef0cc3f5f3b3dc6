import type { TaskCheck, TaskResponse } from "generated/api";
import { listed, useText } from "../../shared/localization";
import { useFormat } from "../../shared/localization/format";
import { useStatusName } from "../../shared/ui";
import { useCheckWords } from "../checks/useCheckWords";
import type { Attachment } from "../files/attachment";
import type { WorkOrder } from "../orders/orders";
import { useNames } from "../people";
import { Box, Line } from "./Section";

interface ChecklistProps { order: WorkOrder; zone: string; photos: readonly Attachment[] }

/** Every task with what was answered, or with room to answer by hand. */
export function Checklist({ order, zone, photos }: ChecklistProps) {
  return <ol className="print-tasks">{order.tasks.map((task) => <Task key={task.id} order={order} task={task} zone={zone} photos={photos} />)}</ol>;
}

function Task({ order, task, zone, photos }: ChecklistProps & { task: TaskResponse }) {
  const text = useText();
  const format = useFormat();
  const nameOf = useNames();
  const statusOf = useStatusName();
  const { demand } = useCheckWords();
  const isPending = task.status === "pending";
  const before = order.tasks.filter(({ id }) => task.dependsOn.includes(id));
  const passes = task.check ? demand(task.check) : undefined;
  const marks = [...(task.isMandatory ? [text("orders.check.mandatory")] : []), ...(isPending ? [] : [statusOf("task", task.status)])];
  return (
    <li className="print-task">
      <div className="print-task-title"><strong dir="auto">{task.title}</strong>{marks.map((mark) => <span key={mark} className="print-mark">{mark}</span>)}</div>
      {task.description && <p className="print-words" dir="auto">{task.description}</p>}
      {isPending && before.length > 0 && <p className="print-small">{text("orders.check.after", { tasks: listed(before.map(({ title }) => title)) })}</p>}
      {passes && <p className="print-small">{passes}</p>}
      {isPending ? <Blank check={task.check ?? null} /> : <Answered task={task} photos={photos} />}
      {task.notes && <p className="print-words"><span className="print-small">{text("orders.tasks.notes")}:</span> <span dir="auto">{task.notes}</span></p>}
      {!isPending && task.completedAt && (
        <p className="print-small">{text("orders.print.done_by", { name: task.completedBy ? nameOf(task.completedBy) : text("orders.system"), time: format.dateTime(task.completedAt, zone) })}</p>
      )}
    </li>
  );
}

function Answered({ task, photos }: { task: TaskResponse; photos: readonly Attachment[] }) {
  const text = useText();
  const { answer } = useCheckWords();
  if (!task.check || !task.answer) return null;
  const at = photos.findIndex(({ id }) => id === task.answer?.attachment);
  return (
    <p>
      {text("orders.check.answer")}{" "}
      <strong dir="auto">{at >= 0 ? text("orders.print.photo", { number: at + 1 }) : answer(task.check, task.answer)}</strong>
      {task.outcome && <span className="print-mark">{text(`orders.check.${task.outcome}`)}</span>}
      {task.answer.isReset && <span className="print-small"> {text("orders.check.reset")}</span>}
    </p>
  );
}

/** What a pen can answer. */
function Blank({ check }: { check: TaskCheck | null }) {
  const text = useText();
  switch (check?.kind) {
    case "yes_no": return <p className="print-blank"><Box>{text("orders.check.yes")}</Box><Box>{text("orders.check.no")}</Box></p>;
    case "choice": return <p className="print-blank">{check.options.map((option) => <Box key={option}>{option}</Box>)}</p>;
    case "number": return <p className="print-blank"><Line />{check.unit && <bdi>{check.unit}</bdi>}</p>;
    case "meter": return <p className="print-blank">{check.meter && <span><bdi>{check.meter}</bdi>:</span>}<Line />{check.unit && <bdi>{check.unit}</bdi>}</p>;
    case "text": return <p className="print-blank"><Line isLong /><Line isLong /></p>;
    case "photo": return <p className="print-blank"><Box>{text("orders.check.kind.photo")}</Box></p>;
    case "signature": return <p className="print-blank"><span>{text("orders.check.kind.signature")}:</span><Line /></p>;
    default: return <p className="print-blank"><Box>{text("orders.tasks.complete")}</Box></p>;
  }
}
