import type { TaskResponse } from "generated/api";
import { useData } from "../../shared/data";
import { listed, useText } from "../../shared/localization";
import { Link } from "../../shared/router";
import { useMay } from "../../shared/session/session";
import { Badge, Icon } from "../../shared/ui";
import type { WorkOrder } from "../orders/orders";
import { openBefore } from "./check";
import { AnsweredPhoto } from "./PhotoAnswer";
import { useCheckWords } from "./useCheckWords";

/** How an answer is judged, and whether the task must be done. */
export function TaskBadges({ task }: { task: Pick<TaskResponse, "isMandatory"> & Partial<Pick<TaskResponse, "outcome">> }) {
  const text = useText();
  return (
    <>
      {task.isMandatory && <Badge tone="purple">{text("orders.check.mandatory")}</Badge>}{" "}
      {task.outcome === "passed" && <Badge tone="success" icon="check">{text("orders.check.passed")}</Badge>}
      {task.outcome === "failed" && <Badge tone="danger" icon="alert">{text("orders.check.failed")}</Badge>}
    </>
  );
}

/** What stands under a task's title: how it is done, what it waits for, what was answered, and what followed from that. */
export function TaskFacts({ order, task, isAsked }: { order: WorkOrder; task: TaskResponse; isAsked: boolean }) {
  const text = useText();
  const { asked, demand, answer } = useCheckWords();
  const before = task.status === "pending" ? openBefore(order, task) : [];
  const passes = task.check ? demand(task.check) : undefined;
  return (
    <>
      {task.description && <p className="check-how muted"><span dir="auto">{task.description}</span></p>}
      {before.length > 0 && <p className="check-after muted"><Icon name="lock" size={12} /><span>{text("orders.check.after", { tasks: listed(before.map(({ title }) => title)) })}</span></p>}
      {task.check && task.answer && <p className="check-answered"><span className="muted">{text("orders.check.answer")}</span>{" "}{task.answer.attachment ? <AnsweredPhoto order={order} id={task.answer.attachment} /> : <strong dir="auto">{answer(task.check, task.answer)}</strong>}</p>}
      {/* Who can't answer reads what is asked for. */}
      {task.check && !isAsked && task.status === "pending" && <p className="muted">{asked(task.check)}</p>}
      {passes && <p className="muted">{passes}</p>}
      {task.answer?.isReset && <p className="muted">{text("orders.check.reset")}</p>}
      {task.followUp && <FollowUp id={task.followUp} />}
    </>
  );
}

/** The work order that a failed answer has opened. */
function FollowUp({ id }: { id: string }) {
  const text = useText();
  const may = useMay()("workorder:read");
  const { data } = useData("GET /api/v1/workorders/{id}", may ? { path: { id } } : null);
  return (
    <p className="check-follow">
      <Icon name="arrow-end" size={12} /><Link to={`/work-orders/${id}`}>{data ? text("orders.check.follow_up", { number: data.number }) : text("orders.check.follow_up_some")}</Link>
    </p>
  );
}
