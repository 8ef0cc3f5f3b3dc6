import { useEffect, useRef, useState, type DragEvent } from "react";
import { useFormat } from "../../../shared/localization/format";
import { useLocalization, useText } from "../../../shared/localization";
import { classes } from "../../../shared/ui";
import { wallOf } from "../../../shared/ui/zones";
import type { WorkOrder } from "../../orders/orders";
import { CalendarOrder, type DragProps } from "./CalendarOrder";
import { barsOf, day, dayOf, instantAt, minute, type Day, type Span } from "./calendar";

export interface CalendarGridProps extends DragProps {
  days: readonly Day[];
  spans: readonly Span[];
  zone: string;
  dragged: WorkOrder | null;
  /** Plans what is dragged for this moment. */
  drop: (start: number) => void;
}

const hours = Array.from({ length: 24 }, (_, hour) => hour);
const hourHeight = 40;
const snap = 15 * minute;

/** Seven days by the hour. */
export function CalendarWeek({ days, spans, zone, dragged, drop, ...drag }: CalendarGridProps) {
  const text = useText();
  const format = useFormat();
  const { locale } = useLocalization();
  const scroller = useRef<HTMLDivElement>(null);
  const [target, setTarget] = useState<number | null>(null);
  const today = dayOf(Date.now(), zone);
  const now = wallOf(Date.now(), zone);
  // The working day is what one looks at.
  useEffect(() => { if (scroller.current) scroller.current.scrollTop = 6.5 * hourHeight; }, []);
  const wallAt = (event: DragEvent<HTMLElement>, at: Day): number => {
    const box = event.currentTarget.getBoundingClientRect();
    // The pointer holds the bar near its top.
    const wall = at + ((event.clientY - box.top - 8) / (hourHeight * 24)) * day;
    return Math.min(at + day - snap, Math.max(at, Math.round(wall / snap) * snap));
  };
  const weekday = (at: Day) => new Intl.DateTimeFormat(locale, { weekday: "short", day: "numeric", timeZone: "UTC" }).format(at);
  const hourText = (hour: number) => new Intl.DateTimeFormat(locale, { hour: "numeric", timeZone: "UTC" }).format(hour * 60 * minute);
  return (
    <div ref={scroller} className="orders-week" tabIndex={0} role="group" aria-label={text("orders.calendar.week")}>
      <div className="orders-week-head" aria-hidden="true">
        <span />
        {days.map((at) => <span key={at} className={classes("orders-week-day", at === today && "orders-today")}>{weekday(at)}</span>)}
      </div>
      <div className="orders-week-grid" style={{ blockSize: 24 * hourHeight }}>
        <div className="orders-week-hours" aria-hidden="true">{hours.map((hour) => <span key={hour} style={{ blockSize: hourHeight }}>{hour > 0 && hourText(hour)}</span>)}</div>
        {days.map((at) => (
          <section
            key={at} className={classes("orders-week-column", at === today && "orders-today-column")} aria-label={format.date(at, "UTC")} data-day={new Date(at).toISOString().slice(0, 10)}
            onDragOver={(event) => { if (dragged) { event.preventDefault(); event.dataTransfer.dropEffect = "move"; setTarget(wallAt(event, at)); } }}
            onDragLeave={(event) => { if (!event.currentTarget.contains(event.relatedTarget as Node | null)) setTarget(null); }}
            onDrop={(event) => { event.preventDefault(); setTarget(null); drop(instantAt(wallAt(event, at), zone)); }}
          >
            {barsOf(spans, at).map((bar) => (
              <CalendarOrder
                key={bar.order.id} bar={bar} zone={zone} {...drag}
                style={{
                  insetBlockStart: ((bar.start - at) / day) * 24 * hourHeight,
                  blockSize: Math.max(18, ((bar.end - bar.start) / day) * 24 * hourHeight - 1),
                  insetInlineStart: `${(bar.lane / bar.lanes) * 100}%`,
                  // Each lies a little over the next one, so that there is room for words.
                  inlineSize: `${Math.min(100 - (bar.lane / bar.lanes) * 100, (bar.lanes > 2 ? 170 : 100) / bar.lanes)}%`,
                }}
              />
            ))}
            {at === today && <div className="orders-now" style={{ insetBlockStart: ((now - at) / day) * 24 * hourHeight }} />}
            {dragged && target !== null && target >= at && target < at + day && (
              <div className="orders-drop" style={{ insetBlockStart: ((target - at) / day) * 24 * hourHeight }}>{format.time(target, "UTC")}</div>
            )}
          </section>
        ))}
      </div>
    </div>
  );
}
