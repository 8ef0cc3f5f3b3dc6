import { useState } from "react";
import { useText } from "../../shared/localization";
import { useFormat } from "../../shared/localization/format";
import { cameWithRequest, contentURL, subjectOf, type Attachment } from "../files/attachment";
import type { WorkOrder } from "../orders/orders";
import { useNames } from "../people";

interface PhotosProps {
  order: WorkOrder;
  photos: readonly Attachment[];
  more: number;
  zone: string;
  /** It is drawn, or never will be. */
  settled: (id: string) => void;
}

/** Pictures, two in a row, by the numbers under which the checklist names them. */
export function Photos({ order, photos, more, zone, settled }: PhotosProps) {
  const text = useText();
  return (
    <>
      <div className="print-photos">{photos.map((file, index) => <Photo key={file.id} order={order} file={file} number={index + 1} zone={zone} settled={() => settled(file.id)} />)}</div>
      {more > 0 && <p className="print-small">{text("orders.print.photos_more", { count: more })}</p>}
    </>
  );
}

function Photo({ order, file, number, zone, settled }: { order: WorkOrder; file: Attachment; number: number; zone: string; settled: () => void }) {
  const text = useText();
  const format = useFormat();
  const nameOf = useNames();
  const [isBroken, setBroken] = useState(false);
  const task = order.tasks.find(({ id }) => id === file.taskId);
  const facts = [text(`orders.file.category.${subjectOf(file)}`), ...(task ? [text("orders.file.of_task", { task: task.title })] : []), text("orders.print.done_by", { name: cameWithRequest(order, file) ? text("orders.file.asked") : nameOf(file.createdBy), time: format.dateTime(file.createdAt, zone) })];
  return (
    <figure className="print-photo">
      {isBroken
        ? <p className="print-photo-none">{text("orders.print.photo_unseen")}</p>
        : <img src={contentURL(file)} alt={file.name} onLoad={settled} onError={() => { setBroken(true); settled(); }} />}
      <figcaption><strong>{text("orders.print.photo", { number })}</strong> <bdi>{file.name}</bdi>{facts.map((fact) => <div key={fact} className="print-small">{fact}</div>)}</figcaption>
    </figure>
  );
}
