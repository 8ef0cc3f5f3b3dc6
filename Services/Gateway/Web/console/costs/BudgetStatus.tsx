import { useText } from "../../shared/localization";
import { useFormat } from "../../shared/localization/format";
import { Badge, Progress } from "../../shared/ui";
import { toneOf, type Budget } from "./budgets";

/** How it stands, in a word. */
export function BudgetStatus({ budget: { status } }: { budget: Budget }) {
  return <Badge tone={toneOf[status]}>{useText()(`orders.budget.status.${status}`)}</Badge>;
}

/** How much of it is booked. The bar ends at all of it, the figure does not. */
export function Utilisation({ budget }: { budget: Budget }) {
  const text = useText();
  const format = useFormat();
  const share = Number(budget.utilisation) / 100;
  return <div className={`budget-bar budget-${toneOf[budget.status]}`}><Progress label={text("orders.budget.actual")} value={share} note={format.percent(share)} /></div>;
}
