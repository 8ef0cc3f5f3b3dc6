import { useText } from "../../../shared/localization";
import { useFormat } from "../../../shared/localization/format";
import { Link } from "../../../shared/router";
import { useUser } from "../../../shared/session/session";
import { Badge, Card, Status, useStatusName } from "../../../shared/ui";
import { AssetCode } from "../../alerts/Names";
import { obstacle, waitings } from "../../orders/orders";
import { useWaiting } from "../../orders/useWaiting";
import type { Scope } from "../../places";

/** What somebody has to approve or to verify. Whoever may not, or has nothing to do, is not told. */
export function Waiting({ scope, most }: { scope: Scope; most: number }) {
  const text = useText();
  const format = useFormat();
  const name = useStatusName();
  const { id } = useUser();
  // What one has asked for or done oneself waits for others.
  const waiting = useWaiting(scope.query)
    .map((one) => ({ ...one, orders: one.orders.filter((order) => !obstacle(order, waitings[one.phase], { self: id })) }))
    .filter((one) => one.orders.length > 0);
  if (waiting.length === 0) return null;
  return (
    <Card title={text("watch.waiting")} flush className="watch-waiting">
      <div className="watch-waiting-body">
        {waiting.map(({ phase, orders, hasMore }) => (
          <section key={phase} aria-label={name("phase", phase)}>
            <h3 className="watch-waiting-head"><Link to={scope.link(`/work-orders?phase=${phase}&status=all`)}>{name("phase", phase)}</Link><Badge tone="warning">{format.number(orders.length)}{hasMore && "+"}</Badge></h3>
            <ul className="watch-lines">
              {orders.slice(0, most).map((order) => (
                <li key={order.id} className="watch-line">
                  <Status kind="priority" value={order.priority} iconOnly />
                  <span className="watch-line-title truncate" dir="auto"><Link to={`/work-orders/${order.id}`} title={order.title}>{order.title}</Link></span>
                  <span className="watch-line-asset truncate muted">{order.number} · <AssetCode id={order.assetId} /></span>
                  <time className="watch-line-time muted" dateTime={order.updatedAt} title={format.dateTime(order.updatedAt)}>{format.relative(order.updatedAt)}</time>
                </li>
              ))}
            </ul>
          </section>
        ))}
      </div>
    </Card>
  );
}
