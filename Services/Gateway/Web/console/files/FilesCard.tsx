import { useState, type DragEvent } from "react";
import { explain } from "../../shared/api/explain";
import { problemText } from "../../shared/api/problemText";
import { change } from "../../shared/data";
import { useText } from "../../shared/localization";
import { useFormat } from "../../shared/localization/format";
import { useMay } from "../../shared/session/session";
import { Button, Card, classes, ConfirmDialog, ErrorState, Select, Skeleton, toast } from "../../shared/ui";
import type { WorkOrder } from "../orders/orders";
import { AddFiles } from "./AddFiles";
import { FileLine } from "./FileLine";
import { isImage, largest, mostFiles, subjectOf, subjectsFor, takesFiles, usualSubject, type Attachment, type Subject } from "./attachment";
import { Preview } from "./Preview";
import { upload } from "./upload";
import { Uploads } from "./Uploads";
import { useFiles } from "./useFiles";

/** Photos and documents of a work order. They come in parts, so that a phone that loses its connection goes on where it was. */
export function FilesCard({ order }: { order: WorkOrder }) {
  const text = useText();
  const format = useFormat();
  const subjects = subjectsFor(useMay());
  const isOpen = takesFiles(order);
  const { files, count, running, problem, retry, isMine } = useFiles(order);
  const [chosen, setSubject] = useState<Subject>();
  const subject = [chosen, usualSubject(order)].find((one) => one && subjects.includes(one)) ?? subjects[0];
  const [isOver, setOver] = useState(false);
  const [shown, setShown] = useState<Attachment>();
  const [removed, setRemoved] = useState<Attachment>();
  const mayAdd = isOpen && subject !== undefined;
  const add = (list: Iterable<File>) => {
    if (subject) upload(list, { order: order.id, task: null, subject, count });
  };
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    add(event.dataTransfer.files);
  };
  const over = (event: DragEvent) => {
    if (!event.dataTransfer.types.includes("Files")) return;
    event.preventDefault();
    setOver(true);
  };
  const pictures = (files ?? []).filter((file) => file.state === "available" && isImage(file));
  return (
    <div className={classes("file-card", isOver && "file-card-over")} {...(mayAdd ? { onDragOver: over, onDragLeave: () => setOver(false), onDrop: drop } : {})}>
      <Card title={text("orders.file.title")}>
        <div className="stack-tight">
          {mayAdd && (
            <>
              <div className="file-add">
                <Select
                  label={text("orders.file.category")} value={subject} onChange={setSubject} className="file-category"
                  options={subjects.map((value) => ({ value, label: text(`orders.file.category.${value}`) }))}
                />
                <AddFiles add={add}>{(choose) => <Button icon="plus" className="file-choose" aria-keyshortcuts="f" onClick={choose}>{text("orders.file.add")}</Button>}</AddFiles>
              </div>
              <p className="muted file-limits">{text("orders.file.limits", { size: format.bytes(largest), most: mostFiles })}</p>
            </>
          )}
          <Uploads running={running} />
          {files && files.length > 0 && (
            <ul className="file-list" aria-label={text("orders.file.title")}>
              {files.map((file) => <FileLine key={file.id} order={order} file={file} isMine={isMine(file)} isOpen={isOpen} mayChange={isOpen && subjects.includes(subjectOf(file))} open={() => setShown(file)} remove={() => setRemoved(file)} />)}
            </ul>
          )}
          {files?.length === 0 && running.length === 0 && <p className="muted">{text("orders.file.none")}</p>}
          {!files && (problem ? <ErrorState problem={{ message: problemText(problem) }} retry={retry} /> : <Skeleton lines={2} />)}
        </div>
      </Card>
      {shown && <Preview pictures={pictures} first={shown} close={() => setShown(undefined)} />}
      {removed && (
        <ConfirmDialog
          title={text("orders.file.delete_title", { name: removed.name })} confirm={text("orders.file.delete")} danger explain={explain} close={() => setRemoved(undefined)}
          run={async () => {
            await change("DELETE /api/v1/workorders/{id}/attachments/{attachment}", { path: { id: order.id, attachment: removed.id } });
            toast({ tone: "success", text: text("orders.file.deleted", { name: removed.name }) });
          }}
        >
          {text("orders.file.delete_text")}
        </ConfirmDialog>
      )}
    </div>
  );
}
