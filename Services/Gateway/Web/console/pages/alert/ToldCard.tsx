import type { MessageDelivery } from "generated/api";
import { useText } from "../../../shared/localization";
import { Link } from "../../../shared/router";
import { Card, Skeleton } from "../../../shared/ui";
import { ChannelName, DeliveryReason, DeliveryState } from "../../alerts/Delivery";
import { SiteTime } from "../../alerts/Names";
import { useNames } from "../../people";

/** Who was told, when and how. */
export function ToldCard({ site, deliveries, isLoading }: { site: string; deliveries: readonly MessageDelivery[]; isLoading: boolean }) {
  const text = useText();
  const nameOf = useNames();
  return (
    <Card title={text("watch.told")} actions={<Link to="/deliveries">{text("watch.all_deliveries")}</Link>}>
      {isLoading && deliveries.length === 0 ? <Skeleton lines={2} />
        : deliveries.length === 0 ? <p className="muted">{text("watch.nobody_told")}</p>
        : (
          <ul className="watch-told">
            {deliveries.map((one) => (
              <li key={one.id}>
                <div className="row-apart"><strong>{nameOf(one.userId)}</strong><DeliveryState delivery={one} /></div>
                <div className="row-apart muted"><span><ChannelName channel={one.channel} />{one.recipient && ` · ${one.recipient}`}</span><SiteTime site={site} at={one.sentAt ?? one.createdAt} /></div>
                {one.error && <DeliveryReason delivery={one} />}
              </li>
            ))}
          </ul>
        )}
    </Card>
  );
}
