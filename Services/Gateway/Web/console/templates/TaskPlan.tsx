import type { ReactNode } from "react";
import type { TaskCheck } from "generated/api";
import { listed, useText } from "../../shared/localization";
import { TaskBadges } from "../checks/TaskFacts";
import { useCheckWords } from "../checks/useCheckWords";

interface PlannedProps {
  task: { title: string; description?: string | null | undefined; isMandatory: boolean };
  check: TaskCheck | null | undefined;
  opensFollowUp: boolean;
  /** Titles of tasks that come before. */
  after: readonly string[];
  /** What can be done with it. */
  actions?: ReactNode;
}

/** A task that is to be done, with what it will ask for. */
export function Planned({ task, check, opensFollowUp, after, actions }: PlannedProps) {
  const text = useText();
  const { asked, demand } = useCheckWords();
  const passes = check ? demand(check) : undefined;
  return (
    <li className="template-task">
      <div className="template-task-row"><span className="template-task-title"><span dir="auto">{task.title}</span>{" "}<TaskBadges task={task} /></span>{actions}</div>
      {task.description && <p className="check-how muted"><span dir="auto">{task.description}</span></p>}
      {check && <p>{[asked(check), passes].filter(Boolean).join(" · ")}</p>}
      {passes && opensFollowUp && <p className="muted">{text("orders.check.opens")}</p>}
      {after.length > 0 && <p className="muted">{text("orders.check.after", { tasks: listed([...after]) })}</p>}
    </li>
  );
}

interface Task { title: string; description?: string | null; isMandatory: boolean; check?: TaskCheck | null; opensFollowUp: boolean; after: readonly number[] }

/** All of them, in their order. */
export function TaskPlan({ tasks }: { tasks: readonly Task[] }) {
  const text = useText();
  if (tasks.length === 0) return <p className="muted">{text("orders.tasks.none")}</p>;
  return (
    <ol className="template-tasks" aria-label={text("orders.tasks")}>
      {tasks.map((task, index) => (
        <Planned key={index} task={task} check={task.check} opensFollowUp={task.opensFollowUp} after={task.after.map((number) => tasks[number - 1]?.title ?? "")} />
      ))}
    </ol>
  );
}
