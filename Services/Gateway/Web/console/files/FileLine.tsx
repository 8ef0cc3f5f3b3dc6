import { useState } from "react";
import { explain } from "../../shared/api/explain";
import { change } from "../../shared/data";
import { useText } from "../../shared/localization";
import { useFormat } from "../../shared/localization/format";
import { useMay, useUser } from "../../shared/session/session";
import { Badge, Button, English, Icon, IconButton, toast } from "../../shared/ui";
import { SiteTime } from "../orders/Names";
import type { WorkOrder } from "../orders/orders";
import { useNames } from "../people";
import { cameWithRequest, contentURL, isImage, isToBeRead, subjectOf, thumbnailURL, type Attachment } from "./attachment";

interface FileLineProps { order: WorkOrder; file: Attachment; isMine: boolean; isOpen: boolean; mayChange: boolean; open: () => void; remove: () => void }

/** One file: what it is, who has added it, whether it can be opened, and why not. */
export function FileLine({ order, file, isMine, isOpen, mayChange, open, remove }: FileLineProps) {
  const text = useText();
  const format = useFormat();
  const nameOf = useNames();
  const task = file.taskId ? order.tasks.find((one) => one.id === file.taskId) : undefined;
  return (
    <li className="file-line">
      <Thumbnail file={file} open={open} />
      <div className="file-words">
        <div className="file-name"><bdi>{file.name}</bdi></div>
        <div className="muted file-facts">
          <Badge>{text(`orders.file.category.${subjectOf(file)}`)}</Badge>
          <span>{format.bytes(file.size)}</span>
          <span>{cameWithRequest(order, file) ? text("orders.file.asked") : <bdi>{nameOf(file.createdBy)}</bdi>}, <SiteTime order={order} at={file.createdAt} isShort /></span>
          {task && <span>{text("orders.file.of_task", { task: task.title })}</span>}
          {file.position && <Place {...file.position} />}
        </div>
        <State file={file} isMine={isMine} mayChange={mayChange} />
        {isToBeRead(file) && <Readers file={file} isOpen={isOpen} />}
      </div>
      <span className="file-acts">
        {file.state === "available" && <a className="ui-icon-button ui-icon-button-medium" href={contentURL(file)} download={file.name} aria-label={text("orders.file.download_one", { name: file.name })} title={text("orders.file.download")}><Icon name="download" /></a>}
        {mayChange && <IconButton icon="trash" label={text("orders.file.delete_one", { name: file.name })} onClick={remove} />}
      </span>
    </li>
  );
}

/** Who has read a document about safety; who has not can say so here. */
function Readers({ file, isOpen }: { file: Attachment; isOpen: boolean }) {
  const text = useText();
  const format = useFormat();
  const nameOf = useNames();
  const self = useUser().id;
  const may = useMay()("safety-document:acknowledge") && isOpen;
  const [busy, setBusy] = useState(false);
  const readers = (file.acknowledgements ?? []).map(({ personId }) => personId);
  const acknowledge = async () => {
    setBusy(true);
    try {
      await change("POST /api/v1/workorders/{id}/attachments/{attachment}/acknowledgement", { path: { id: file.workOrderId, attachment: file.id } });
      toast({ tone: "success", text: text("orders.file.acknowledged", { name: file.name }) });
    } catch (error) {
      toast({ tone: "danger", text: explain(error) });
    } finally {
      setBusy(false);
    }
  };
  return (
    <div className="file-state">
      <span className="muted">{readers.length > 0 ? text("orders.file.read_by", { names: format.list(readers.map(nameOf)) }) : text("orders.file.unread")}</span>
      {may && !readers.includes(self) && <Button size="small" icon="check" busy={busy} aria-label={text("orders.file.acknowledge_one", { name: file.name })} onClick={() => void acknowledge()}>{text("orders.file.acknowledge")}</Button>}
    </div>
  );
}

/** Where it was taken: the machine's own map opens it, and nobody else is asked. */
function Place({ latitude, longitude }: { latitude: number; longitude: number }) {
  const text = useText();
  const format = useFormat();
  const degrees = (value: number) => format.number(value, { minimumFractionDigits: 5, maximumFractionDigits: 5 });
  return <a href={`geo:${latitude},${longitude}`}>{text("orders.file.taken_at", { latitude: degrees(latitude), longitude: degrees(longitude) })}</a>;
}

/** A small picture, or what stands for it. */
function Thumbnail({ file, open }: { file: Attachment; open: () => void }) {
  const text = useText();
  const [isBroken, setBroken] = useState(false);
  const picture = thumbnailURL(file);
  const drawing = picture && !isBroken ? <img src={picture} alt="" loading="lazy" onError={() => setBroken(true)} /> : <Icon name={file.kind === "photo" ? "image" : "file"} size={24} />;
  // The browser's own reader, on a page of its own.
  if (file.state === "available" && file.contentType === "application/pdf") return <a className="file-thumbnail" href={contentURL(file)} target="_blank" rel="noopener" aria-label={text("orders.file.open_pdf", { name: file.name })}>{drawing}</a>;
  if (file.state !== "available" || !isImage(file)) return <span className="file-thumbnail">{drawing}</span>;
  return <button type="button" className="file-thumbnail" aria-label={text("orders.file.open_one", { name: file.name })} onClick={open}>{drawing}</button>;
}

function State({ file, isMine, mayChange }: { file: Attachment; isMine: boolean; mayChange: boolean }) {
  const text = useText();
  const format = useFormat();
  const [busy, setBusy] = useState(false);
  const check = async () => {
    setBusy(true);
    try {
      const { state } = await change("POST /api/v1/workorders/{id}/attachments/{attachment}/complete", { path: { id: file.workOrderId, attachment: file.id } });
      toast({ tone: state === "available" ? "success" : "warning", text: text(`orders.file.now.${state}`, { name: file.name }) });
    } catch (error) {
      toast({ tone: "danger", text: explain(error) });
    } finally {
      setBusy(false);
    }
  };
  const end = file.expiresAt ? text("orders.file.goes", { when: format.relative(file.expiresAt) }) : "";
  switch (file.state) {
    case "available": return null;
    case "infected": return <div className="file-state"><Badge tone="danger" icon="alert-octagon">{text("orders.file.state.infected")}</Badge>{file.finding && <English>{file.finding}</English>}</div>;
    case "unscanned": return (
      <div className="file-state">
        <Badge tone="warning" icon="shield">{text("orders.file.state.unscanned")}</Badge><span className="muted">{text("orders.file.unscanned_hint")} {end}</span>
        {isMine && mayChange && <Button size="small" icon="refresh" busy={busy} onClick={() => void check()}>{text("orders.file.check_again")}</Button>}
      </div>
    );
    case "uploading": return (
      <div className="file-state">
        <Badge tone={isMine ? "warning" : "info"} icon="clock">{text("orders.file.state.uploading")}</Badge>
        <span className="muted">{text(isMine ? "orders.file.unfinished_hint" : "orders.file.unfinished_other")} {end}</span>
      </div>
    );
  }
}
