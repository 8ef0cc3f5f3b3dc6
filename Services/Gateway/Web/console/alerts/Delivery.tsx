import { useState } from "react";
import type { MessageDelivery } from "generated/api";
import { hasText, useText } from "../../shared/localization";
import { Badge, Button, Dialog, English, KeyValue, type IconName, type Tone } from "../../shared/ui";

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

/** Why a message did not arrive, by what is known of it. What the server wrote is English, and is for those who look after it. */
export function useDeliveryReason(): (delivery: MessageDelivery) => string | null {
  const text = useText();
  return ({ status, channel, error }) => {
    if (!error) return null;
    if (status !== "failed") return text("watch.why.later");
    // A mail server answers with a number of three digits.
    return text(channel === "email" && /\b[45]\d\d\b/.test(error) ? "watch.why.refused" : "watch.why.unsent");
  };
}

/** The reason, and the server's own words for whoever wants them. */
export function DeliveryReason({ delivery }: { delivery: MessageDelivery }) {
  const text = useText();
  const reasonOf = useDeliveryReason();
  const [isOpen, setIsOpen] = useState(false);
  const reason = reasonOf(delivery);
  if (reason === null) return <span className="muted">–</span>;
  return (
    <span className="watch-why">
      <span className={delivery.status === "failed" ? "watch-error" : "muted"} title={reason}>{reason}</span>
      <Button kind="ghost" size="small" onClick={() => setIsOpen(true)}>{text("watch.facts")}</Button>
      {isOpen && (
        <Dialog title={reason} size="small" close={() => setIsOpen(false)}>
          <KeyValue
            entries={[
              { label: text("watch.address"), value: delivery.recipient ?? null },
              { label: text("watch.attempts"), value: delivery.attempts },
              { label: text("watch.technical"), value: delivery.error ? <English>{delivery.error}</English> : null },
            ]}
          />
        </Dialog>
      )}
    </span>
  );
}
