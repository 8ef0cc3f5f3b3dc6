import { useMemo, useRef, useState } from "react";
import { Problem } from "../../../shared/data";
import { problemText } from "../../../shared/api/problemText";
import { useLocalization, useText } from "../../../shared/localization";
import { useSearch } from "../../../shared/router";
import { useMay } from "../../../shared/session/session";
import { ErrorState, toast } from "../../../shared/ui";
import { perform, planning } from "../../orders/changes";
import { isClosed, isOpen, type WorkOrder } from "../../orders/orders";
import type { OrderDialogs } from "../../orders/useOrderDialogs";
import { useSites } from "../../places";
import { addMonths, day, dayFromText, daysOf, dayText, firstWeekday, movedTo, spanOf, type Day } from "./calendar";
import { CalendarBar } from "./CalendarBar";
import { CalendarMonth } from "./CalendarMonth";
import { CalendarWeek } from "./CalendarWeek";
import { Unplanned } from "./Unplanned";
import { useBarKeys } from "./useBarKeys";
import { useKeptFocus } from "./useKeptFocus";
import type { Orders } from "./useOrders";

interface CalendarViewProps { orders: Orders; dialogs: OrderDialogs; site: string; onActive: (order: WorkOrder | undefined) => void }

/** Planned work by week or month, in a named zone. Work is dragged to another time, or into the calendar. */
export function CalendarView({ orders, dialogs, site, onActive }: CalendarViewProps) {
  const text = useText();
  const may = useMay();
  const { locale, zone: ownZone } = useLocalization();
  const [search, setSearch] = useSearch();
  const sites = useSites();
  const zones = useMemo(() => [...new Set([...[...sites.values()].map((one) => one.timeZone), ownZone])].sort(), [sites, ownZone]);
  const zone = search.get("zone") ?? sites.get(site)?.timeZone ?? ownZone;
  const mode = search.get("range") === "month" ? "month" : "week";
  const at = dayFromText(search.get("day"), zone);
  const days = useMemo(() => daysOf(mode, at, firstWeekday(locale)), [mode, at, locale]);
  const [dragged, setDragged] = useState<WorkOrder | null>(null);
  const [said, setSaid] = useState("");
  const calendar = useRef<HTMLDivElement>(null);
  const kept = useKeptFocus(calendar);

  const spans = useMemo(() => orders.shown.filter((order) => order.status !== "cancelled").flatMap((order) => spanOf(order, zone) ?? []), [orders.shown, zone]);
  const unplanned = useMemo(() => orders.shown.filter((order) => !order.scheduledStart && !isClosed(order) && order.status !== "in_progress"), [orders.shown]);
  const mayPlan = (order: WorkOrder) => isOpen(order, "scheduledStart") && may("move" in planning(order, "", null) ? "workorder:schedule" : "workorder:reschedule");
  const plan = (order: WorkOrder, start: number) => {
    const times = movedTo(order, start);
    if (times.start === order.scheduledStart) return;
    perform(order, planning(order, times.start, times.end)).then(
      () => setSaid(text("orders.schedule.done_one", { number: order.number })),
      (error: unknown) => toast({ tone: "danger", text: text("orders.schedule.refused", { number: order.number, why: problemText(Problem.from(error)) }) })
    );
  };
  const keys = useBarKeys({ plan, schedule: (order) => dialogs.open("schedule", [order]), mayPlan, say: setSaid, zone });
  const go = (to: Day) => setSearch({ day: dayText(to) }, { replace: false });
  const turn = (count: number) => go(mode === "week" ? at + count * 7 * day : addMonths(at, count));
  const drop = (start: number) => {
    if (dragged) plan(dragged, start);
    setDragged(null);
  };
  const drag = { mayPlan, onDrag: setDragged, keys };
  const shared = { days, spans, zone, dragged, drop, ...drag };
  if (orders.problem && orders.loaded.length === 0) {
    return <ErrorState problem={{ message: problemText(orders.problem), requestId: orders.problem.requestId }} retry={orders.retry} />;
  }
  return (
    <div
      ref={calendar} className="orders-calendar" aria-busy={orders.isLoading} {...kept}
      onFocus={(event) => onActive(orders.loaded.find((order) => order.id === event.target.closest<HTMLElement>("[data-order]")?.dataset["order"]))}
    >
      <CalendarBar
        mode={mode} days={days} at={at} zone={zone} zones={zones.includes(zone) ? zones : [zone, ...zones]} turn={turn} today={() => setSearch({ day: null })}
        setMode={(next) => setSearch({ range: next === "month" ? "month" : null })} setZone={(next) => setSearch({ zone: next })}
      />
      <div className="orders-calendar-body">
        {mode === "week" ? <CalendarWeek {...shared} /> : <CalendarMonth {...shared} month={at} openDay={(to) => setSearch({ day: dayText(to), range: null }, { replace: false })} />}
        <Unplanned orders={unplanned} {...drag} schedule={(order) => dialogs.open("schedule", [order])} />
      </div>
      <div className="visually-hidden" role="status">{said}</div>
    </div>
  );
}
