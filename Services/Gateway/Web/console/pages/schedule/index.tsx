import { useMemo, useRef, useState } from "react";
import { problemText } from "../../../shared/api/problemText";
import { Problem, useData } from "../../../shared/data";
import { useWhole } from "../../../shared/data/useWhole";
import { useLocalization, useText } from "../../../shared/localization";
import { useFormat } from "../../../shared/localization/format";
import { Link, useSearch } from "../../../shared/router";
import { useMay } from "../../../shared/session/session";
import { ErrorState, PageHeader, SearchField, Skeleton, toast } from "../../../shared/ui";
import { planning } from "../../orders/changes";
import { isClosed, isOpen, type WorkOrder } from "../../orders/orders";
import { useOrderDialogs } from "../../orders/useOrderDialogs";
import { usePeople } from "../../people";
import { useScope, useSites } from "../../places";
import { ScopeNote, ScopeSelect } from "../../Scope";
import { usePresence } from "../../schedule/usePresence";
import { usePlanKeys } from "../../schedule/usePlanKeys";
import { carryOut, isSamePlan, ownerOf, planAt, rowsOf, takeBack, type Place } from "../../schedule/week";
import { WeekTable } from "../../schedule/WeekTable";
import { day, dayFromText, daysOf, dayText, firstWeekday, instantAt, spanOf, startOfWeek, type Day } from "../work-orders/calendar";
import { CalendarBar } from "../work-orders/CalendarBar";
import { Unplanned } from "../work-orders/Unplanned";
import { useKeptFocus } from "../work-orders/useKeptFocus";

/** More rows than this nobody looks through: a name or a site narrows them. */
const mostPeople = 60;
const mostOrders = 2_000;

/** Who does what on which day of a week. Work is dragged, or led by keys, to another day or person. */
export default function SchedulePage() {
  const text = useText();
  const format = useFormat();
  const may = useMay();
  const { locale, zone: ownZone } = useLocalization();
  const [search, setSearch] = useSearch();
  const sites = useSites();
  const scope = useScope({ site: search.get("site") ?? "", portfolio: search.get("portfolio") ?? "" });
  const zones = useMemo(() => [...new Set([...[...sites.values()].map(({ timeZone }) => timeZone), ownZone])].sort(), [sites, ownZone]);
  const zone = search.get("zone") ?? sites.get(scope.site)?.timeZone ?? ownZone;
  const at = dayFromText(search.get("day"), zone);
  const days = useMemo(() => daysOf("week", at, firstWeekday(locale)), [at, locale]);
  const first = days[0] ?? at;
  const week = { scheduledFrom: new Date(instantAt(first, zone)).toISOString(), scheduledTo: new Date(instantAt(first + 7 * day, zone)).toISOString() };
  const presence = usePresence({ from: week.scheduledFrom, to: week.scheduledTo, monday: startOfWeek(first + day, 1) }, scope.site);
  const planned = useWhole("GET /api/v1/workorders", scope.query && { query: { ...scope.query, ...week, limit: 200 } }, mostOrders);
  const waiting = useWhole("GET /api/v1/workorders", scope.query && { query: { ...scope.query, status: ["open"], limit: 200 } });
  const { people, byId } = usePeople();
  const words = search.get("q") ?? "";
  const dialogs = useOrderDialogs();
  const [dragged, setDragged] = useState<{ order: WorkOrder; from: Place } | null>(null);
  const [said, setSaid] = useState("");
  const frame = useRef<HTMLDivElement>(null);
  const kept = useKeptFocus(frame);

  const spans = useMemo(() => (planned.data?.items ?? []).filter(({ status }) => status !== "cancelled").flatMap((order) => spanOf(order, zone) ?? []), [planned.data, zone]);
  const unplanned = useMemo(() => (waiting.data?.items ?? []).filter((order) => !order.scheduledStart && !isClosed(order)), [waiting.data]);
  const shownPeople = useMemo(() => {
    const busy = new Set(spans.flatMap(({ order }) => [...order.crewMembers, ...(order.assignedTo ? [order.assignedTo] : [])]));
    const fits = words.trim().toLocaleLowerCase(locale);
    const isHere = ({ siteIds }: { siteIds: readonly string[] }) => siteIds.length === 0 || siteIds.some(scope.has);
    return people
      .filter((one) => busy.has(one.id) || (one.isActive && !one.isErased && one.employment !== "auditor" && isHere(one)))
      .map(({ id, displayName, isErased }) => ({ id, name: isErased ? text("admin.person.erasedName") : displayName }))
      // Whom one may not know can have work all the same.
      .concat([...busy].filter((id) => !byId.has(id)).map((id) => ({ id, name: text("common.somebody") })))
      .filter(({ name }) => name.toLocaleLowerCase(locale).includes(fits))
      .sort((one, other) => Number(busy.has(other.id)) - Number(busy.has(one.id)) || one.name.localeCompare(other.name, locale));
  }, [people, byId, spans, words, locale, scope.key, text]);
  const crews = useData("GET /api/v1/crews", may("schedule:read") ? { query: { limit: 200, ...(scope.site ? { siteId: scope.site } : {}) } } : null).data?.items;
  const shownCrews = useMemo(() => {
    const fits = words.trim().toLocaleLowerCase(locale);
    return (crews ?? []).filter(({ siteId, name, code }) => scope.has(siteId) && `${code} ${name}`.toLocaleLowerCase(locale).includes(fits)).slice(0, mostPeople);
  }, [crews, words, locale, scope.key]);
  const rows = useMemo(() => rowsOf(shownPeople.slice(0, mostPeople), shownCrews, spans, text("orders.nobody")), [shownPeople, shownCrews, spans, text]);

  const mayMove = (order: WorkOrder) => ({
    day: isOpen(order, "scheduledStart") && may("move" in planning(order, "", null) ? "workorder:schedule" : "workorder:reschedule"),
    person: isOpen(order, "assignedTo") && may("workorder:assign"),
  });
  const refused = (order: WorkOrder) => (error: unknown) => toast({ tone: "danger", text: text("orders.schedule.refused", { number: order.number, why: problemText(Problem.from(error)) }) });
  const plan = (order: WorkOrder, from: Day, to: Place) => {
    const next = planAt(order, from, to, zone, sites.get(order.siteId)?.timeZone ?? zone);
    if (isSamePlan(order, next)) return;
    const name = rows.find(({ person }) => person === to.person)?.name ?? "";
    carryOut(order, next).then((done) => toast({
      tone: "success", seconds: 10,
      text: text("orders.schedule.board.moved", { number: order.number, name, time: format.dateTime(done.scheduledStart ?? to.at, zone) }),
      action: { label: text("orders.schedule.board.undo"), run: () => void takeBack(order, done).then(() => setSaid(text("orders.schedule.board.undone", { number: order.number })), refused(order)) },
    }), refused(order));
  };
  const takes = (place: Place): boolean => {
    if (!dragged) return false;
    const can = mayMove(dragged.order);
    const isOtherDay = !dragged.order.scheduledStart || place.at !== dragged.from.at;
    return (can.day || !isOtherDay) && (can.person || place.person === ownerOf(dragged.order));
  };
  const drop = (place: Place) => {
    if (dragged && takes(place)) plan(dragged.order, dragged.from.at, place);
    setDragged(null);
  };
  const onDrag = (order: WorkOrder | null, from: Place) => setDragged(order && { order, from });
  const schedule = (order: WorkOrder) => dialogs.open("schedule", [order]);
  const keys = usePlanKeys({ days, rows, mayMove, plan, schedule, assign: (order) => dialogs.open("assign", [order]), say: setSaid });
  // What has no time has no bar either: of it, the keys only know S and A.
  const unplannedKeys = { shifted: () => undefined, leave: () => undefined, press: (event: React.KeyboardEvent, order: WorkOrder) => { if (!event.shiftKey) keys.press(event, order, { person: ownerOf(order), at: first }); } };
  const problem = planned.data ? undefined : planned.problem ?? scope.problem;
  return (
    <>
      <PageHeader
        title={text("pages.schedule")} description={text("orders.schedule.board.hint")}
        actions={may("schedule:read") && <Link to={scope.site ? `/shifts?site=${scope.site}` : "/shifts"} className="ui-button ui-button-secondary ui-button-medium">{text("pages.shifts")}</Link>}
      />
      <div className="stack-tight" ref={frame} {...kept}>
        <div className="row">
          <ScopeSelect label={text("orders.site")} all={text("orders.budget.any_site")} scope={scope} choose={setSearch} />
          <SearchField label={text("orders.schedule.board.search")} value={words} onChange={(q) => setSearch({ q })} />
        </div>
        <ScopeNote scope={scope} />
        <CalendarBar
          mode="week" days={days} at={at} zone={zone} zones={zones.includes(zone) ? zones : [zone, ...zones]} turn={(count) => setSearch({ day: dayText(at + count * 7 * day) }, { replace: false })}
          today={() => setSearch({ day: null })} setZone={(next) => setSearch({ zone: next })}
        />
        {problem ? <ErrorState problem={{ message: problemText(problem), requestId: problem.requestId }} retry={planned.problem ? planned.retry : scope.retry} />
          : !planned.data ? <Skeleton lines={8} />
          : (
            <div className="schedule-body">
              <WeekTable days={days} rows={rows} zone={zone} keys={keys} mayMove={mayMove} takes={takes} onDrag={onDrag} drop={drop} {...presence} />
              <Unplanned
                orders={unplanned} mayPlan={(order) => mayMove(order).day} keys={unplannedKeys} schedule={schedule}
                onDrag={(order) => onDrag(order, { person: order && ownerOf(order), at: first })}
              />
            </div>
          )}
        {planned.isCut && <p className="muted">{text("orders.too_many", { count: mostOrders })}</p>}
        {shownPeople.length > mostPeople && <p className="muted">{text("orders.schedule.board.people_cut", { count: mostPeople })}</p>}
        <div className="visually-hidden" role="status">{said}</div>
      </div>
      {dialogs.element}
    </>
  );
}
