import { useText } from "../../shared/localization";
import { useFormat } from "../../shared/localization/format";
import { Badge, Button, IconButton } from "../../shared/ui";
import { usePerson } from "../people";
import { useNow } from "../pages/asset/useNow";
import { classes, isRunning, lengthOf, secondsOf, type Hours } from "./hours";

interface HoursEntryProps {
  entry: Hours;
  zone: string;
  /** Who looks at it may change it. */
  mayChange: boolean;
  /** Whoever sees costs is told what is missing in them. */
  seesCosts: boolean;
  stop: () => void;
  correct: () => void;
  remove: () => void;
}

/** Who worked from when to when, what that counts as, and what was done. */
export function HoursEntry({ entry, zone, mayChange, seesCosts, stop, correct, remove }: HoursEntryProps) {
  const text = useText();
  const format = useFormat();
  const person = usePerson(entry.userId);
  const runs = isRunning(entry);
  const now = useNow(15_000, runs);
  const name = person?.name ?? "";
  const length = runs ? Math.max(0, now - Date.parse(entry.startedAt)) : lengthOf(entry);
  const counted = classes.filter((one) => secondsOf(entry, one) > 0);
  const facts = [
    entry.endedAt ? format.range(entry.startedAt, entry.endedAt, zone) : text("orders.hours.since", { time: format.dateTime(entry.startedAt, zone) }),
    ...(entry.breakMinutes > 0 ? [text("orders.hours.had_break", { length: format.duration(entry.breakMinutes * 60_000) })] : []),
    // What all of it is, is said by the kind.
    ...(counted.length > 1 || counted.some((one) => one === "overtime" || one === "weekend")
      ? counted.map((one) => text("orders.hours.counted", { length: format.duration(secondsOf(entry, one) * 1000), kind: text(`orders.hours.class.${one}`) }))
      : []),
  ];
  return (
    <li className="hours-entry">
      <div className="hours-line">
        <span className="hours-who"><bdi>{name}</bdi></span>
        {entry.kind === "travel" && <Badge>{text("orders.hours.kind.travel")}</Badge>}
        {runs && <Badge tone="info" icon="clock">{text("orders.hours.runs")}</Badge>}
        {seesCosts && !runs && !entry.isBooked && length > 0 && <Badge tone="warning">{text("orders.hours.not_booked")}</Badge>}
        <span className="hours-length">{format.duration(length)}</span>
        {mayChange && (
          <span className="hours-acts">
            {/* One's own is stopped above. */}
            {runs && !person?.isYou && <Button size="small" icon="pause" onClick={stop}>{text("orders.hours.stop")}</Button>}
            <IconButton size="small" icon="edit" label={text("orders.hours.correct_of", { name })} onClick={correct} />
            <IconButton size="small" icon="trash" label={text("orders.hours.remove_of", { name })} onClick={remove} />
          </span>
        )}
      </div>
      <ul className="hours-facts muted">{facts.map((fact) => <li key={fact}>{fact}</li>)}</ul>
      {entry.note && <p className="hours-note" dir="auto">{entry.note}</p>}
      {entry.corrections > 0 && <p className="muted">{text("orders.hours.was_corrected")} <q className="orders-reason" dir="auto">{entry.correctionReason}</q></p>}
    </li>
  );
}
