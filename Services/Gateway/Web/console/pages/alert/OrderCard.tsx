import { problemText } from "../../../shared/api/problemText";
import { useData } from "../../../shared/data";
import { useText } from "../../../shared/localization";
import { Link, navigate } from "../../../shared/router";
import { useMay } from "../../../shared/session/session";
import { Button, Card, KeyValue, Skeleton, Status } from "../../../shared/ui";
import type { Alert } from "../../alerts/alerts";
import { SiteTime } from "../../alerts/Names";
import { standing } from "../../orders/orders";
import { usePerson } from "../../people";

/** The work that the alert has led to, or why there is none. */
export function OrderCard({ alert }: { alert: Alert }) {
  const text = useText();
  const may = useMay();
  const id = alert.workOrderId;
  const { data: order, problem } = useData("GET /api/v1/workorders/{id}", id && may("workorder:read") ? { path: { id } } : null);
  const person = usePerson(order?.assignedTo);
  return (
    <Card title={text("watch.work_order")}>
      {!id ? (
        <div className="stack-tight">
          <p className="muted">{alert.workOrderRefusal ? text(`watch.refusal.${alert.workOrderRefusal}`) : text("watch.no_work_order")}</p>
          {may("workorder:create") && alert.status !== "resolved" && (
            <div><Button icon="plus" onClick={() => navigate(`/work-orders/new?asset=${alert.assetId}`)}>{text("watch.create_work_order")}</Button></div>
          )}
        </div>
      ) : order ? (
        <div className="stack-tight">
          <div className="row-apart"><Link to={`/work-orders/${id}`}>{order.number}</Link><Status {...standing(order)} /></div>
          <p dir="auto">{order.title}</p>
          <KeyValue
            entries={[
              { label: text("watch.assigned"), value: person?.name ?? <span className="muted">{text("watch.nobody")}</span> },
              { label: text("watch.priority"), value: <Status kind="priority" value={order.priority} /> },
              { label: text("watch.planned_end"), value: order.scheduledEnd ? <SiteTime site={order.siteId} at={order.scheduledEnd} /> : undefined },
            ]}
          />
        </div>
      ) : problem || !may("workorder:read") ? (
        <p className="muted">{alert.workOrderNumber} {problem && problemText(problem)}</p>
      ) : <Skeleton lines={3} />}
    </Card>
  );
}
