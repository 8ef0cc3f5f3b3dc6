import { useText } from "../../shared/localization";
import { Badge } from "../../shared/ui";
import { hookTones, stateOf, type Delivery, type Webhook } from "./webhooks";

const icons = { active: "check", off: "minus", failing: "alert", gone: "alert" } as const;

/** Whether it is told anything. */
export function HookBadge({ hook }: { hook: Webhook }) {
  const text = useText();
  const state = stateOf(hook);
  return <Badge tone={hookTones[state]} icon={icons[state]}>{text(`orders.hook.is.${state}`)}</Badge>;
}

const looks = { pending: { tone: "info", icon: "clock" }, delivered: { tone: "success", icon: "check" }, failed: { tone: "danger", icon: "alert" } } as const;

export function DeliveryBadge({ state }: { state: Delivery["state"] }) {
  const text = useText();
  return <Badge {...looks[state]}>{text(`orders.hook.delivery.${state}`)}</Badge>;
}
