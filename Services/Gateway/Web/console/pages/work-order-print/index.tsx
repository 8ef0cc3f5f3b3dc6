import { useEffect, useState } from "react";
import { problemText } from "../../../shared/api/problemText";
import { useData } from "../../../shared/data";
import { isolated, useText } from "../../../shared/localization";
import { Link, usePathValue } from "../../../shared/router";
import { Banner, Button, ErrorState, Progress } from "../../../shared/ui";
import type { WorkOrder } from "../../orders/orders";
import { usePaper, usePrintWhen } from "../../print/paper";
import { useSheet } from "../../print/sheet";
import { Paper } from "./Paper";

/** A work order on paper, with nothing around it. */
export default function WorkOrderPrintPage() {
  const id = usePathValue("id");
  const { data, problem, retry } = useData("GET /api/v1/workorders/{id}", { path: { id } });
  if (data) return <Shown order={data} />;
  if (problem) return <ErrorState problem={{ message: problemText(problem), requestId: problem.requestId }} retry={retry} />;
  return <Loading />;
}

function Loading() {
  return <div aria-busy="true"><Progress label={useText()("orders.print.loading")} /></div>;
}

function Shown({ order }: { order: WorkOrder }) {
  const text = useText();
  const sheet = useSheet(order);
  const { photos, isReady, problem, organization } = sheet;
  const [settled, setSettled] = useState<ReadonlySet<string>>(new Set());
  const settle = (id: string) => setSettled((before) => new Set(before).add(id));
  const isComplete = isReady && photos.every(({ id }) => settled.has(id));
  // Browsers suggest it as the name of the file.
  useEffect(() => void (document.title = `${order.number} ${order.title} – dCMMS`), [order.number, order.title]);
  usePaper([organization, order.number, order.title].flatMap((one) => one ?? []).map((one) => isolated(one)).join(" · "));
  usePrintWhen(isComplete);
  return (
    <>
      <div className="print-bar">
        <Link to={`/work-orders/${order.id}`}>{text("orders.print.back")}</Link>
        <Button kind="primary" icon="download" disabledReason={isComplete ? undefined : text("orders.print.loading")} onClick={() => print()}>{text("orders.print.print")}</Button>
      </div>
      {problem
        ? <Banner tone="danger" action={<Button size="small" onClick={sheet.retry}>{text("ui.retry")}</Button>}>{text("orders.print.failed", { why: problemText(problem) })}</Banner>
        : isReady ? <Paper order={order} sheet={sheet} settled={settle} /> : <Loading />}
    </>
  );
}
