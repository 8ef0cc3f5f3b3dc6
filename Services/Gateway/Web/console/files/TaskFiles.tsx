import type { TaskResponse } from "generated/api";
import { useText } from "../../shared/localization";
import { useMay } from "../../shared/session/session";
import { Icon, IconButton } from "../../shared/ui";
import type { WorkOrder } from "../orders/orders";
import { AddFiles } from "./AddFiles";
import { canBeShown, contentURL, mayAddAny, takesFiles, usualSubject } from "./attachment";
import { upload } from "./upload";
import { useFiles } from "./useFiles";

/** What was photographed or written down for a task; all that is known of it stands with the files of the work order. */
export function TaskFiles({ order, task }: { order: WorkOrder; task: TaskResponse }) {
  const text = useText();
  const { files } = useFiles(order);
  const own = (files ?? []).filter((file) => file.taskId === task.id && file.state === "available");
  if (own.length === 0) return null;
  return (
    <ul className="file-of-task" aria-label={text("orders.file.of", { task: task.title })}>
      {own.map((file) => (
        <li key={file.id}>
          <Icon name={file.kind === "photo" ? "image" : "file"} size={12} />
          <a href={contentURL(file)} {...(canBeShown(file) ? { target: "_blank", rel: "noopener" } : { download: file.name })}><bdi>{file.name}</bdi></a>
        </li>
      ))}
    </ul>
  );
}

export function AddTaskFiles({ order, task }: { order: WorkOrder; task: TaskResponse }) {
  const text = useText();
  const may = mayAddAny(useMay()) && takesFiles(order);
  const { count } = useFiles(order);
  if (!may) return null;
  return (
    <AddFiles add={(list) => upload(list, { order: order.id, task: task.id, subject: usualSubject(order), count })}>
      {(choose) => <IconButton size="small" icon="image" label={text("orders.file.add_to", { task: task.title })} onClick={choose} />}
    </AddFiles>
  );
}
