import { useText } from "../../shared/localization";
import { Badge } from "../../shared/ui";
import type { Run } from "./automation";

const looks = { done: { tone: "success", icon: "check" }, failed: { tone: "danger", icon: "alert" }, stopped: { tone: "warning", icon: "pause" } } as const;

/** What became of a run. `stopped`: it would have started itself, or gone too deep. */
export function RunBadge({ outcome }: { outcome: Run["outcome"] }) {
  const text = useText();
  return <Badge {...looks[outcome]}>{text(`orders.rule.outcome.${outcome}`)}</Badge>;
}
