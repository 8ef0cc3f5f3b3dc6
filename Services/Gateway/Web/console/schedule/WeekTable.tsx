import { useState, type DragEvent } from "react";
import { useLocalization, useText } from "../../shared/localization";
import { useFormat } from "../../shared/localization/format";
import { Badge, classes, Icon } from "../../shared/ui";
import type { WorkOrder } from "../orders/orders";
import { day, dayOf, dayText, type Day } from "../pages/work-orders/calendar";
import { Bar } from "./Bar";
import type { PlanKeys } from "./usePlanKeys";
import { ownerOf, type Place, type Row } from "./week";

interface WeekTableProps {
  days: readonly Day[];
  rows: readonly Row[];
  zone: string;
  keys: PlanKeys;
  mayMove: (order: WorkOrder) => { day: boolean; person: boolean };
  /** What is dragged can be dropped there. */
  takes: (place: Place) => boolean;
  onDrag: (order: WorkOrder | null, from: Place) => void;
  drop: (place: Place) => void;
  /** Somebody does not work on that day. */
  isOff: (place: Place) => boolean;
  loadOf: (person: string | null) => Load | undefined;
}

/** How much of their hours is planned; without a shift nobody knows how many these are. */
export interface Load { plannedMinutes: number; percent?: number | null }

/** A row for each person, a column for each day. */
export function WeekTable({ days, rows, zone, keys, mayMove, takes, onDrag, drop, isOff, loadOf }: WeekTableProps) {
  const text = useText();
  const format = useFormat();
  const { locale } = useLocalization();
  const [over, setOver] = useState("");
  const today = dayOf(Date.now(), zone);
  const weekday = (at: Day) => new Intl.DateTimeFormat(locale, { weekday: "short", day: "numeric", month: "short", timeZone: "UTC" }).format(at);
  const nameOf = ({ person, at }: Place) => `${person ?? ""} ${at}`;
  const dragOver = (event: DragEvent, place: Place) => {
    if (!takes(place)) return;
    event.preventDefault();
    event.dataTransfer.dropEffect = "move";
    setOver(nameOf(place));
  };
  return (
    <div className="schedule-scroll" tabIndex={0} role="group" aria-label={text("pages.schedule")}>
      <table className="schedule-table">
        <thead>
          <tr>
            <th scope="col" className="schedule-who">{text("orders.schedule.board.person")}</th>
            {days.map((at) => <th key={at} scope="col" className={at === today ? "orders-today" : undefined} {...(at === today ? { "aria-current": "date" } : {})}>{weekday(at)}</th>)}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.person ?? ""} data-person={row.person ?? ""}>
              <th scope="row" className="schedule-who">
                {row.isCrew && <Icon name="users" size={12} />} <bdi>{row.name}</bdi>
                <div className="muted schedule-count">{text("orders.schedule.board.count", { count: row.spans.length })}</div>
                <LoadOf load={loadOf(row.person)} />
                {row.clashes.size > 0 && <Badge tone="warning" icon="alert">{text("orders.schedule.board.clashes", { count: row.clashes.size })}</Badge>}
              </th>
              {days.map((at) => {
                const place = { person: row.person, at };
                const here = row.spans.filter((span) => span.start < at + day && span.end > at).sort((one, other) => one.start - other.start);
                return (
                  <td
                    key={at} data-day={dayText(at)} aria-label={here.length === 0 ? format.date(at, "UTC") : undefined}
                    className={classes(isOff(place) && "schedule-off", at === today && "orders-today-column", (keys.isTarget(place) || over === nameOf(place)) && "schedule-target")}
                    onDragOver={(event) => dragOver(event, place)} onDragLeave={() => setOver("")}
                    onDrop={(event) => { event.preventDefault(); setOver(""); drop(place); }}
                  >
                    <div className="schedule-cell">
                      {isOff(place) && <Badge icon="sun">{text("orders.schedule.board.off")}</Badge>}
                      {here.map((span) => {
                        const may = mayMove(span.order);
                        const isOfCrew = ownerOf(span.order) !== row.person;
                        return <Bar key={span.order.id} span={span} place={place} clashes={row.clashes.get(span.order.id) ?? []} isMovable={!isOfCrew && (may.day || may.person)} isOfCrew={isOfCrew} keys={keys} onDrag={onDrag} />;
                      })}
                    </div>
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function LoadOf({ load }: { load: Load | undefined }) {
  const text = useText();
  const format = useFormat();
  if (!load) return null;
  const planned = text("orders.schedule.board.planned", { length: format.duration(load.plannedMinutes * 60_000) });
  if (typeof load.percent !== "number") return <div className="muted schedule-count">{planned}</div>;
  const words = text("orders.schedule.board.load", { percent: format.percent(load.percent / 100) });
  return (
    <div className="schedule-count" title={planned}>
      <div className={classes("schedule-load", load.percent > 100 && "schedule-overload")} aria-hidden="true"><span style={{ inlineSize: `${Math.min(100, load.percent)}%` }} /></div>
      {words}
    </div>
  );
}
