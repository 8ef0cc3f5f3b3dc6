import { useState } from "react";
import { useFormat } from "../../../shared/localization/format";
import { useLocalization, useText } from "../../../shared/localization";
import { Button, classes } from "../../../shared/ui";
import { wallOf } from "../../../shared/ui/zones";
import { CalendarOrder } from "./CalendarOrder";
import type { CalendarGridProps } from "./CalendarWeek";
import { barsOf, day, dayOf, instantAt, minute, type Day } from "./calendar";

/** More than this in a day are behind a button that opens its week. */
const most = 4;
/** When work begins that had no time before. */
const morning = 8 * 60 * minute;

/** The weeks of a month. What is dragged to another day keeps its time of day. */
export function CalendarMonth({ days, spans, zone, dragged, drop, month, openDay, ...drag }: CalendarGridProps & { month: Day; openDay: (at: Day) => void }) {
  const text = useText();
  const format = useFormat();
  const { locale } = useLocalization();
  const [over, setOver] = useState<Day | null>(null);
  const today = dayOf(Date.now(), zone);
  const inMonth = new Date(month).getUTCMonth();
  const timeOfDay = () => {
    const start = dragged?.scheduledStart;
    return start ? wallOf(Date.parse(start), zone) % day : morning;
  };
  return (
    <div className="orders-month" role="group" aria-label={text("orders.calendar.month")}>
      {days.slice(0, 7).map((at) => <span key={at} className="orders-month-name" aria-hidden="true">{new Intl.DateTimeFormat(locale, { weekday: "short", timeZone: "UTC" }).format(at)}</span>)}
      {days.map((at) => {
        const bars = barsOf(spans, at);
        return (
          <section
            key={at} aria-label={format.date(at, "UTC")} data-day={new Date(at).toISOString().slice(0, 10)}
            className={classes("orders-month-day", new Date(at).getUTCMonth() !== inMonth && "orders-month-other", over === at && dragged && "orders-month-over")}
            onDragOver={(event) => { if (dragged) { event.preventDefault(); event.dataTransfer.dropEffect = "move"; setOver(at); } }}
            onDragLeave={() => setOver((now) => (now === at ? null : now))}
            onDrop={(event) => { event.preventDefault(); setOver(null); drop(instantAt(at + timeOfDay(), zone)); }}
          >
            <button type="button" className={classes("orders-month-number", at === today && "orders-today")} aria-label={text("orders.calendar.open_week", { date: format.date(at, "UTC") })} onClick={() => openDay(at)}>
              {new Intl.DateTimeFormat(locale, { day: "numeric", timeZone: "UTC" }).format(at)}
            </button>
            {bars.slice(0, bars.length > most ? most - 1 : most).map((bar) => <CalendarOrder key={bar.order.id} bar={bar} zone={zone} isLine {...drag} />)}
            {bars.length > most && <Button kind="ghost" size="small" onClick={() => openDay(at)}>{text("orders.calendar.more", { count: bars.length - most + 1 })}</Button>}
          </section>
        );
      })}
    </div>
  );
}
