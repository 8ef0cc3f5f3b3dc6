import type { TaskResponse } from "generated/api";
import { useText } from "../../shared/localization";
import { useMay } from "../../shared/session/session";
import { Banner, Button, Select } from "../../shared/ui";
import { AddFiles } from "../files/AddFiles";
import { contentURL, isImage, mayAddAny, takesFiles, thumbnailURL, usualSubject, type Attachment } from "../files/attachment";
import { upload } from "../files/upload";
import { Uploads } from "../files/Uploads";
import { useFiles } from "../files/useFiles";
import type { WorkOrder } from "../orders/orders";
import type { Recording } from "./useRecord";

interface PhotoAnswerProps { order: WorkOrder; task: TaskResponse; recording: Recording; reason: string | undefined }

/** A picture as the answer: taken now, chosen on this machine, or one of those that the work order has already. It is a file of the work order first, and named as the answer when it has come. */
export function PhotoAnswer({ order, task, recording, reason }: PhotoAnswerProps) {
  const text = useText();
  const mayAdd = mayAddAny(useMay()) && takesFiles(order);
  const { files, count, running } = useFiles(order);
  const pictures = (files ?? []).filter((file) => file.state === "available" && isImage(file)).sort((one, other) => Number(other.taskId === task.id) - Number(one.taskId === task.id));
  const own = running.filter((one) => one.isAnswer && one.task === task.id);
  const send = (attachment: string) => void recording.send({ attachment });
  const add = (list: FileList) => upload([...list].slice(0, 1), { order: order.id, task: task.id, subject: usualSubject(order), count, done: ({ id }) => send(id) });
  const isBusy = recording.busy || own.some(({ phase }) => phase !== "failed");
  return (
    <div className="check-photo">
      {mayAdd && (
        <div className="check-choices" role="group" aria-label={text("orders.check.answer_to", { task: task.title })}>
          <AddFiles add={add} accept="image/*" isOne takes>{(choose) => <Button size="large" icon="phone" className="check-take" busy={isBusy} disabledReason={reason} onClick={choose}>{text("orders.check.take_photo")}</Button>}</AddFiles>
          <AddFiles add={add} accept="image/*" isOne>{(choose) => <Button size="large" icon="image" disabledReason={reason ?? (isBusy ? text("ui.loading") : undefined)} onClick={choose}>{text("orders.check.choose_photo")}</Button>}</AddFiles>
        </div>
      )}
      <Uploads running={own} />
      {pictures.length > 0 && !isBusy && (
        <Select
          label={text("orders.check.photo_there")} value={recording.draft.attachment ?? ""} placeholder={text("orders.check.photo_pick")} disabledReason={reason} className="check-field"
          onChange={(id) => { if (id) send(id); }} options={pictures.map(({ id, name }) => ({ value: id, label: name }))}
        />
      )}
      {!mayAdd && pictures.length === 0 && <p className="muted">{text("orders.check.photo_none")}</p>}
      {recording.wrong.field && <Banner tone="danger">{recording.wrong.field}</Banner>}
    </div>
  );
}

/** The picture that was the answer. */
export function AnsweredPhoto({ order, id }: { order: WorkOrder; id: string }) {
  const text = useText();
  const { files } = useFiles(order);
  const file = files?.find((one) => one.id === id);
  if (!files) return null;
  if (!file || file.state !== "available") return <span>{text("orders.check.photo_gone")}</span>;
  return <a className="check-shown" href={contentURL(file)} target="_blank" rel="noopener" aria-label={text("orders.file.open_one", { name: file.name })}><Picture file={file} /></a>;
}

function Picture({ file }: { file: Attachment }) {
  const picture = thumbnailURL(file);
  return picture ? <img src={picture} alt="" loading="lazy" /> : <bdi>{file.name}</bdi>;
}
