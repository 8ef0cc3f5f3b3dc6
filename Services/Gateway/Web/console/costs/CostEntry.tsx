import { useText } from "../../shared/localization";
import { useFormat } from "../../shared/localization/format";
import { Badge, Button, classes } from "../../shared/ui";
import { classes as hoursClasses } from "../hours/hours";
import { trimmed } from "../parts/quantity";
import { useNames } from "../people";
import { isReversible, type Cost } from "./costs";
import { useUnitName } from "./useUnitName";

interface CostEntryProps {
  entry: Cost;
  zone: string;
  /** Whose time it is, of an entry that follows from hours. */
  worker: string | undefined;
  mayChange: boolean;
  takeBack: () => void;
}

/** One line of the ledger: what for, how much, when, and what has become of it. */
export function CostEntry({ entry, zone, worker, mayChange, takeBack }: CostEntryProps) {
  const text = useText();
  const format = useFormat();
  const nameOf = useNames();
  const title = useCostTitle()(entry);
  const unitOf = useUnitName();
  const isForeign = entry.amount.currency !== entry.total.currency;
  return (
    <li className={classes("cost-entry", entry.isReversed && "cost-reversed")}>
      <div className="cost-what">
        <div className="row">
          <span className="cost-title" dir="auto">{title}</span>
          {entry.source === "manual" && <Badge>{text(`orders.cost.category.${entry.category}`)}</Badge>}
          {entry.isReversed && <Badge tone="warning">{text("orders.cost.reversed")}</Badge>}
          {entry.reverses && <Badge tone="warning">{text("orders.cost.reversal")}</Badge>}
        </div>
        <ul className="hours-facts muted">
          <li>{text("orders.cost.times", { quantity: format.decimal(trimmed(entry.quantity), unitOf(entry.unit)), rate: format.money(entry.unitRate) })}</li>
          {isForeign && <li>{text("orders.cost.exchanged", { amount: format.money(entry.amount), rate: format.decimal(trimmed(entry.exchangeRate)) })}</li>}
          {worker && <li>{worker}</li>}
          <li>{format.date(entry.incurredAt, zone)}</li>
          {/* Of hours it says nothing more: who recorded them stands above. */}
          {entry.bookedBy && (entry.source === "manual" || entry.reverses) && <li>{text("orders.cost.booked_by", { name: nameOf(entry.bookedBy), time: format.dateTime(entry.bookedAt, zone) })}</li>}
        </ul>
        {entry.reason && <p><q className="orders-reason" dir="auto">{entry.reason}</q></p>}
      </div>
      <div className="cost-amount">
        <strong>{format.money(entry.total)}</strong>
        {mayChange && isReversible(entry) && <Button size="small" kind="ghost" aria-label={text("orders.cost.take_back_of", { what: title })} onClick={takeBack}>{text("orders.cost.take_back")}</Button>}
      </div>
    </li>
  );
}

/** What somebody has written, or which hours it is for. */
export function useCostTitle(): (entry: Cost) => string {
  const text = useText();
  return ({ source, description }) => {
    const kind = source === "labor" ? hoursClasses.find((one) => one === description) : undefined;
    return kind ? text("orders.cost.of_hours", { kind: text(`orders.hours.class.${kind}`) }) : description;
  };
}
