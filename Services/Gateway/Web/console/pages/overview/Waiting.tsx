import type { ReactNode } from "react";
import { useText } from "../../../shared/localization";
import { useFormat } from "../../../shared/localization/format";
import { Link } from "../../../shared/router";
import { useUser } from "../../../shared/session/session";
import { Badge, Card, Icon, Status, useStatusName } from "../../../shared/ui";
import { AssetCode } from "../../alerts/Names";
import { obstacle, waitings } from "../../orders/orders";
import { useWaiting } from "../../orders/useWaiting";
import { useKindName } from "../../permits/useKindName";
import { useWaitingPermits } from "../../permits/useWaitingPermits";
import type { Scope } from "../../places";
import { useWaitingRequests } from "../../requests/useWaitingRequests";

interface Line { id: string; to: string; title: string; mark: ReactNode; about: ReactNode; at: string }
interface Kind { key: string; title: string; to: string; lines: Line[]; hasMore: boolean }

/** What somebody has to look at, to approve or to verify. Whoever may not, or has nothing to do, is not told. */
export function Waiting({ scope, most }: { scope: Scope; most: number }) {
  const text = useText();
  const format = useFormat();
  const all = [...useRequests(scope), ...usePermits(scope), ...useOrders(scope)].filter(({ lines }) => lines.length > 0);
  if (all.length === 0) return null;
  return (
    <Card title={text("watch.waiting")} flush className="watch-waiting">
      <div className="watch-waiting-body">
        {all.map(({ key, title, to, lines, hasMore }) => (
          <section key={key} aria-label={title}>
            <h3 className="watch-waiting-head"><Link to={to}>{title}</Link><Badge tone="warning">{format.number(lines.length)}{hasMore && "+"}</Badge></h3>
            <ul className="watch-lines">
              {lines.slice(0, most).map((one) => (
                <li key={one.id} className="watch-line">
                  {one.mark}
                  <span className="watch-line-title truncate" dir="auto"><Link to={one.to} title={one.title}>{one.title}</Link></span>
                  <span className="watch-line-asset truncate muted">{one.about}</span>
                  <time className="watch-line-time muted" dateTime={one.at} title={format.dateTime(one.at)}>{format.relative(one.at)}</time>
                </li>
              ))}
            </ul>
          </section>
        ))}
      </div>
    </Card>
  );
}

/** What people without an account have asked for, and nobody has looked at. */
function useRequests(scope: Scope): Kind[] {
  const text = useText();
  const { requests, hasMore } = useWaitingRequests(scope);
  const lines = requests.map((one) => ({
    id: one.id, to: `/requests/${one.id}`, title: one.description.split("\n")[0] ?? "", at: one.createdAt,
    mark: <Icon name={one.kind === "safety" ? "shield" : "globe"} />, about: <>{text(`orders.request.kind.${one.kind}`)} · <bdi>{one.label}</bdi></>,
  }));
  return [{ key: "requests", title: text("pages.requests"), to: "/requests", lines, hasMore }];
}

function usePermits(scope: Scope): Kind[] {
  const text = useText();
  const kindName = useKindName();
  const { permits, hasMore } = useWaitingPermits(scope);
  const lines = permits.map((one) => ({
    id: one.id, to: `/permits/${one.id}`, title: one.title, mark: <Icon name="lock" />, about: <>{kindName(one.kind)} · <AssetCode id={one.assetId} /></>, at: one.updatedAt,
  }));
  return [{ key: "permits", title: text("pages.permits"), to: "/permits", lines, hasMore }];
}

function useOrders(scope: Scope): Kind[] {
  const name = useStatusName();
  const { id: self } = useUser();
  return useWaiting(scope.query).map(({ phase, orders, hasMore }) => ({
    key: phase, title: name("phase", phase), to: scope.link(`/work-orders?phase=${phase}&status=all`), hasMore,
    // What one has asked for or done oneself waits for others.
    lines: orders.filter((order) => !obstacle(order, waitings[phase], { self })).map((order) => ({
      id: order.id, to: `/work-orders/${order.id}`, title: order.title, mark: <Status kind="priority" value={order.priority} iconOnly />, about: <>{order.number} · <AssetCode id={order.assetId} /></>, at: order.updatedAt,
    })),
  }));
}
