import { useState } from "react";
import { problemText } from "../../../shared/api/problemText";
import { useData } from "../../../shared/data";
import { useText } from "../../../shared/localization";
import { useFormat } from "../../../shared/localization/format";
import { Link, usePathValue } from "../../../shared/router";
import { useMay } from "../../../shared/session/session";
import { Badge, Button, Card, ErrorState, KeyValue, PageHeader, Skeleton } from "../../../shared/ui";
import { useNames } from "../../people";
import { useZones } from "../../places";
import { ConvertDialog, DeclineDialog } from "../../requests/DecideDialogs";
import { PlaceName, usePlaceName } from "../../requests/Place";
import { photoURL, shownURL, tones, usePhotos, type ServiceRequest } from "../../requests/requests";
import { useKeys } from "../../useKeys";

/** One request: what was asked for, with its pictures, and what becomes of it. */
export default function RequestPage() {
  const request = usePathValue("id");
  const { data, problem, retry } = useData("GET /api/v1/requests/{request}", { path: { request } });
  if (data) return <Shown request={data} retry={retry} />;
  if (problem) return <ErrorState problem={{ message: problemText(problem), requestId: problem.requestId }} retry={retry} />;
  return <div className="stack"><Skeleton height={64} /><Skeleton lines={8} /></div>;
}

function Shown({ request, retry }: { request: ServiceRequest; retry: () => void }) {
  const text = useText();
  const format = useFormat();
  const may = useMay();
  const nameOf = useNames();
  const zone = useZones()(request.siteId);
  const siteName = usePlaceName()(request);
  const [open, setOpen] = useState<"convert" | "decline" | null>(null);
  const mayDecide = request.state === "new" && may("request-link:manage");
  const mayConvert = mayDecide && may("workorder:create");
  useKeys({ c: mayConvert ? () => setOpen("convert") : undefined, d: mayDecide ? () => setOpen("decline") : undefined });
  const close = () => setOpen(null);
  return (
    <>
      <PageHeader
        title={<span dir="auto">{request.label}</span>} crumbs={[{ title: text("pages.requests"), to: "/requests" }]}
        meta={<span className="row"><Badge tone={tones[request.state]}>{text(`orders.request.state.${request.state}`)}</Badge><Badge tone={request.kind === "safety" ? "danger" : "neutral"}>{text(`orders.request.kind.${request.kind}`)}</Badge></span>}
        actions={
          <>
            {mayConvert && <Button kind="primary" icon="plus" aria-keyshortcuts="c" onClick={() => setOpen("convert")}>{text("orders.request.convert")}</Button>}
            {mayDecide && <Button icon="minus" aria-keyshortcuts="d" onClick={() => setOpen("decline")}>{text("orders.request.decline")}</Button>}
          </>
        }
      />
      <div className="plant-columns">
        <div className="stack">
          <Card title={text("orders.request.what")}><p className="request-words" dir="auto">{request.description}</p></Card>
          <Photos request={request} />
        </div>
        <Card title={text("orders.facts")}>
          <KeyValue
            entries={[
              { label: text("orders.site"), value: siteName },
              { label: text("orders.asset"), value: request.assetId ? <PlaceName at={request} /> : undefined },
              { label: text("orders.created"), value: format.dateTime(request.createdAt, zone) },
              { label: text("ask.name"), value: request.contactName ? <bdi>{request.contactName}</bdi> : null },
              { label: text("ask.contact"), value: request.contact ? <bdi>{request.contact}</bdi> : null },
              { label: text("orders.request.decided_by"), value: request.decidedBy ? <bdi>{nameOf(request.decidedBy)}</bdi> : undefined },
              { label: text("orders.request.decided_at"), value: request.decidedAt ? format.dateTime(request.decidedAt, zone) : undefined },
              { label: text("orders.move.reason"), value: request.reason ? <span dir="auto">{request.reason}</span> : undefined },
              { label: text("pages.work_order"), value: request.workOrderId ? <OrderLink id={request.workOrderId} /> : undefined },
            ]}
          />
          <p className="muted">{text("orders.request.contact_text")}</p>
        </Card>
      </div>
      {open === "convert" && <ConvertDialog request={request} decided={retry} close={close} />}
      {open === "decline" && <DeclineDialog request={request} decided={retry} close={close} />}
    </>
  );
}

function OrderLink({ id }: { id: string }) {
  const text = useText();
  const may = useMay()("workorder:read");
  const { data } = useData("GET /api/v1/workorders/{id}", may ? { path: { id } } : null);
  return <Link to={`/work-orders/${id}`}>{data ? `${data.number} ${data.title}` : text("pages.work_order")}</Link>;
}

function Photos({ request }: { request: ServiceRequest }) {
  const text = useText();
  const { data, problem, retry } = usePhotos(request);
  // Its work order has the same number, and gets files of its own later.
  const sent = data?.items.filter(({ createdAt }) => !request.decidedAt || Date.parse(createdAt) <= Date.parse(request.decidedAt)) ?? [];
  const photos = sent.filter(({ state }) => state === "available");
  const held = sent.length - photos.length;
  if (data && sent.length === 0) return null;
  return (
    <Card title={text("orders.print.photos")}>
      {!data && (problem ? <ErrorState problem={{ message: problemText(problem) }} retry={retry} /> : <Skeleton lines={3} />)}
      <ul className="request-photos">
        {photos.map((photo, index) => <li key={photo.id}><a href={photoURL(request, photo.id)} target="_blank" rel="noopener"><img src={shownURL(request, photo)} alt={text("orders.print.photo", { number: index + 1 })} /></a></li>)}
      </ul>
      {held > 0 && <p className="muted">{text("orders.request.photos_held", { count: held })}</p>}
    </Card>
  );
}
