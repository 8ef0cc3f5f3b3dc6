import { useMemo, useState } from "react";
import { explain, shownProblem } from "../../administration/useApiForm";
import { useCrews } from "../../crews/crews";
import { useNames, usePeople } from "../../people";
import { useSites } from "../../places";
import { ArchiveShift, EditShift, NewShift } from "../../shifts/ShiftDialogs";
import { Hours, PeopleTable, ShiftTable, useDaysOf, type Named, type Plan } from "../../shifts/ShiftTable";
import { archiveShift, beginsOn, isOnDay, useShifts, type Shift, type Turn } from "../../shifts/shifts";
import { AddTurnDialog, TurnDialog } from "../../shifts/TurnDialogs";
import { useKeys } from "../../useKeys";
import { useData } from "../../../shared/data";
import { listed, useLocalization, useText } from "../../../shared/localization";
import { useSearch } from "../../../shared/router";
import { useMay } from "../../../shared/session/session";
import { Badge, Button, Card, EmptyState, ErrorState, PageHeader, SegmentedControl, Select, Skeleton, Switch, toast, type MenuItem } from "../../../shared/ui";
import { day, dayFromText, daysOf, dayText, firstWeekday, type Day } from "../work-orders/calendar";
import { CalendarBar } from "../work-orders/CalendarBar";

type Open = { what: "new" } | { what: "edit" | "archive"; shift: Shift } | { what: "add"; shift: Shift; first: string; person: string | null } | { what: "turn"; shift: Shift; turn: Turn };

/** Who works when at a site: its shifts, who is on them on which day of a week, and where nobody is. */
export default function ShiftsPage() {
  const text = useText();
  const { locale, zone: ownZone } = useLocalization();
  const may = useMay();
  const mayManage = may("crew:manage");
  const nameOf = useNames();
  const { people } = usePeople();
  const sites = useSites();
  const [search, setSearch] = useSearch();
  const [open, setOpen] = useState<Open | null>(null);
  const close = () => setOpen(null);
  const names = useMemo(() => [...sites.values()].sort((one, other) => one.name.localeCompare(other.name, locale)), [sites, locale]);
  // Shifts follow the clock of a site: the page is always about one.
  const site = sites.get(search.get("site") ?? "") ?? names[0];
  const siteId = site?.id ?? "";
  const zone = site?.timeZone ?? ownZone;
  const isArchived = search.get("archived") === "1";
  const byPeople = search.get("by") === "people" && !isArchived;
  const at = dayFromText(search.get("day"), zone);
  const days = useMemo(() => daysOf("week", at, firstWeekday(locale)), [at, locale]);
  const [first, last] = [days[0] ?? at, days[days.length - 1] ?? at];
  const { shifts, turnsOf, isKnown, problem, retry } = useShifts(siteId, isArchived);
  const crews = useCrews(siteId || null).data?.items ?? [];
  const mayKnowOff = may("time-off:approve") || may("time-off:request");
  const off = useData("GET /api/v1/time-off", mayKnowOff && siteId ? { query: { siteId, status: ["approved"], from: dayText(first), to: dayText(last), limit: 200 } } : null).data?.items ?? [];
  const create = () => setOpen({ what: "new" });
  useKeys({ c: mayManage && siteId ? create : undefined });

  const restore = (shift: Shift) => {
    archiveShift(shift, false).then(() => toast({ tone: "success", text: text("admin.crew.restored", { name: shift.name }) }), (error: unknown) => toast({ tone: "danger", text: explain(error) })).finally(retry);
  };
  const menu = (shift: Shift): MenuItem[] => [
    { key: "add", label: text("admin.shift.put_on"), icon: "plus", run: () => setOpen({ what: "add", shift, first: dayText(at), person: null }) },
    { key: "edit", label: text("orders.edit"), icon: "edit", run: () => setOpen({ what: "edit", shift }) },
    { key: "archive", label: text("admin.shift.archive"), icon: "trash", danger: true, run: () => setOpen({ what: "archive", shift }) },
  ];
  const namedOf = ({ userId, crewId }: Turn): Named =>
    crewId ? { id: crewId, name: crews.find(({ id }) => id === crewId)?.name ?? text("orders.assign.crew"), isCrew: true } : { id: userId ?? "", name: nameOf(userId ?? ""), isCrew: false };
  const isOff = (person: string, when: Day) => off.some((one) => one.userId === person && one.first <= dayText(when) && dayText(when) <= one.last);
  const all = shifts ?? [];
  const plan: Plan = {
    days, zone, shifts: all, turnsOf, nameOf: namedOf, isOff,
    acts: mayManage ? { menu, change: (shift, turn) => setOpen({ what: "turn", shift, turn }), add: (shift, day, person) => setOpen({ what: "add", shift, first: day, person }) } : null,
  };
  const gaps = isKnown && !isArchived ? all.reduce((sum, shift) => sum + days.filter((when) => beginsOn(shift, when) && !turnsOf(shift).some((turn) => isOnDay(turn, when) && !(turn.userId && isOff(turn.userId, when)))).length, 0) : 0;
  // Who is everywhere is missed nowhere: only those of the site and of its crews can be on no shift.
  const onShift = new Set([...all.flatMap((shift) => turnsOf(shift)).flatMap(({ userId }) => userId ?? []), ...crews.flatMap((crew) => crew.members.map(({ userId }) => userId))]);
  const members = people.filter((one) => one.isActive && !one.isErased && one.employment !== "auditor" && (onShift.has(one.id) || one.siteIds.includes(siteId)));
  const rows: Named[] = [
    ...crews.map(({ id, name }) => ({ id, name, isCrew: true })),
    // Who may not read people knows those who are on a shift, if not by name.
    ...[...new Set([...members.map(({ id }) => id), ...onShift])].map((id) => ({ id, name: nameOf(id), isCrew: false })).sort((one, other) => one.name.localeCompare(other.name, locale)),
  ];
  const crewsOf = (person: string) => crews.filter((crew) => crew.members.some(({ userId }) => userId === person)).map(({ id }) => id);
  const button = mayManage && siteId && <Button icon="plus" kind="primary" aria-keyshortcuts="c" onClick={create}>{text("admin.shift.new")}</Button>;
  const current = (shift: Shift) => all.find(({ id }) => id === shift.id) ?? shift;
  const shown = shownProblem(problem);
  return (
    <>
      <PageHeader title={text("pages.shifts")} description={text("admin.shift.about")} actions={button} meta={gaps > 0 && <Badge tone="warning" icon="alert">{text("admin.shift.gaps", { count: gaps })}</Badge>} />
      <div className="stack-tight">
        <div className="row">
          {sites.size > 1 && <Select label={text("orders.site")} hideLabel value={siteId} options={names.map(({ id, name }) => ({ value: id, label: name }))} onChange={(value) => setSearch({ site: value })} />}
          {!isArchived && (
            <SegmentedControl<"shifts" | "people"> label={text("admin.shift.view")} value={byPeople ? "people" : "shifts"} onChange={(by) => setSearch({ by: by === "people" ? by : null })}
              options={[{ value: "shifts", label: text("admin.shift.by_shift") }, { value: "people", label: text("admin.shift.by_person") }]} />
          )}
          <Switch label={text("admin.crew.show_archived")} value={isArchived} onChange={(on) => setSearch({ archived: on ? "1" : null })} />
        </div>
        {!isArchived && (
          <CalendarBar mode="week" days={days} at={at} zone={zone} zones={[zone]} turn={(count) => setSearch({ day: dayText(at + count * 7 * day) }, { replace: false })} today={() => setSearch({ day: null })} />
        )}
        {problem && !isKnown && shown ? <ErrorState problem={shown} retry={retry} />
          : !isKnown ? <Skeleton lines={8} />
          : all.length === 0 ? <Card><EmptyState title={text(isArchived ? "admin.shift.none_archived" : "admin.shift.none")} icon="clock" action={!isArchived && button}>{!isArchived && text("admin.shift.none_hint")}</EmptyState></Card>
          : isArchived ? <Archived shifts={all} restore={mayManage ? restore : undefined} />
          : byPeople ? <PeopleTable {...plan} people={rows} crewsOf={crewsOf} /> : <ShiftTable {...plan} />}
      </div>
      {open?.what === "new" && <NewShift siteId={siteId} changed={retry} close={close} />}
      {open?.what === "edit" && <EditShift shift={open.shift} changed={retry} close={close} />}
      {open?.what === "archive" && <ArchiveShift shift={current(open.shift)} changed={retry} close={close} />}
      {open?.what === "add" && <AddTurnDialog shift={open.shift} first={open.first} userId={open.person} changed={retry} close={close} />}
      {open?.what === "turn" && <TurnDialog shift={open.shift} turn={open.turn} name={namedOf(open.turn).name} changed={retry} close={close} />}
    </>
  );
}

function Archived({ shifts, restore }: { shifts: readonly Shift[]; restore: ((shift: Shift) => void) | undefined }) {
  const text = useText();
  const daysOfShift = useDaysOf();
  return (
    <Card>
      <ul className="admin-lines">
        {shifts.map((shift) => (
          <li key={shift.id}>
            <span className="stack-tight"><strong dir="auto">{shift.name}</strong><span className="muted">{listed(daysOfShift(shift))}, <Hours shift={shift} /></span></span>
            {restore && <Button size="small" icon="refresh" aria-label={text("admin.shift.restore_of", { name: shift.name })} onClick={() => restore(shift)}>{text("admin.crew.restore")}</Button>}
          </li>
        ))}
      </ul>
    </Card>
  );
}
