import { problemText } from "../../../shared/api/problemText";
import { useData } from "../../../shared/data";
import { useText } from "../../../shared/localization";
import { useFormat } from "../../../shared/localization/format";
import { Link } from "../../../shared/router";
import { Card, EmptyState, ErrorState, Skeleton, Status } from "../../../shared/ui";
import { AssetCode } from "../../alerts/Names";
import { standing } from "../../orders/orders";
import type { Scope } from "../../places";

/** The newest work orders. */
export function OrderList({ scope, most }: { scope: Scope; most: number }) {
  const text = useText();
  const format = useFormat();
  const { data, problem, retry } = useData("GET /api/v1/workorders", scope.query && { query: { ...scope.query, limit: most } });
  return (
    <Card title={text("watch.recent_orders")} flush actions={<Link to={scope.link("/work-orders")}>{text("watch.show_all")}</Link>}>
      {!data && problem ? <ErrorState problem={{ message: problemText(problem), requestId: problem.requestId }} retry={retry} />
        : !data ? <div className="watch-inset"><Skeleton lines={5} /></div>
        : data.items.length === 0 ? <EmptyState title={text("watch.no_orders")} icon="wrench" />
        : (
          <ul className="watch-lines">
            {data.items.slice(0, most).map((order) => (
              <li key={order.id} className="watch-line">
                <Status {...standing(order)} iconOnly />
                <span className="watch-line-title truncate" dir="auto"><Link to={`/work-orders/${order.id}`} title={order.title}>{order.title}</Link></span>
                <span className="watch-line-asset truncate muted">{order.number} · <AssetCode id={order.assetId} /></span>
                <time className="watch-line-time muted" dateTime={order.createdAt} title={format.dateTime(order.createdAt)}>{format.relative(order.createdAt)}</time>
              </li>
            ))}
          </ul>
        )}
    </Card>
  );
}
