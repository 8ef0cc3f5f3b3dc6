import type { MessageDelivery } from "generated/api";
import { hasText, useText } from "../../shared/localization";
import { Badge, type IconName, type Tone } from "../../shared/ui";

const tones: Record<string, Tone> = { sent: "success", failed: "danger", pending: "info" };
const icons: Record<string, IconName> = { sent: "check", failed: "alert-octagon", pending: "clock" };

/** What has become of a message. */
export function DeliveryState({ delivery }: { delivery: MessageDelivery }) {
  const text = useText();
  const key = `watch.delivery.${delivery.status}`;
  return <Badge plain tone={tones[delivery.status] ?? "neutral"} icon={icons[delivery.status] ?? "circle"}>{hasText(key) ? text(key) : delivery.status}</Badge>;
}

export function ChannelName({ channel }: { channel: MessageDelivery["channel"] }) {
  const text = useText();
  return <>{text(`watch.channel.${channel}`)}</>;
}
