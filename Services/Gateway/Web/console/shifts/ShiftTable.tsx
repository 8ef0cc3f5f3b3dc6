import { useLocalization, useText } from "../../shared/localization";
import { Badge, classes, Icon, IconButton, Menu, type MenuItem } from "../../shared/ui";
import { useDayName } from "../pages/service-levels/useLevelWords";
import { dayOf, dayText, type Day } from "../pages/work-orders/calendar";
import { beginsOn, isOnDay, type Shift, type Turn } from "./shifts";
import { dayWords } from "./words";

/** One who is on a shift, or a crew. */
export interface Named { id: string; name: string; isCrew: boolean }

export interface Plan {
  days: readonly Day[];
  zone: string;
  shifts: readonly Shift[];
  turnsOf: (shift: Shift) => readonly Turn[];
  nameOf: (turn: Turn) => Named;
  isOff: (person: string, at: Day) => boolean;
  /** What can be done, if the person may. */
  acts: { change: (shift: Shift, turn: Turn) => void; add: (shift: Shift, first: string, person: string | null) => void; menu: (shift: Shift) => MenuItem[] } | null;
}

/** A row for each shift: who is on it on which day, and where nobody is. */
export function ShiftTable(plan: Plan) {
  const text = useText();
  const { days, shifts, turnsOf, nameOf, isOff, acts } = plan;
  const { locale } = useLocalization();
  return (
    <Frame {...plan} head={text("admin.shift.one")}>
      {shifts.map((shift) => (
        <tr key={shift.id} data-shift={shift.id}>
          <th scope="row" className="schedule-who">
            <div className="shift-name"><bdi>{shift.name}</bdi>{acts && <Menu size="small" icon="more" label={text("admin.crew.more", { name: shift.name })} items={acts.menu(shift)} />}</div>
            <div className="muted schedule-count"><Hours shift={shift} /></div>
            {shift.isOnCall && <Badge icon="bell">{text("admin.shift.on_call")}</Badge>}
          </th>
          {days.map((at) => {
            const here = turnsOf(shift).filter((turn) => isOnDay(turn, at));
            const isThen = beginsOn(shift, at);
            const present = here.filter(({ userId }) => !userId || !isOff(userId, at));
            return (
              <Cell key={at} at={at} zone={plan.zone} isOut={!isThen} isGap={isThen && present.length === 0}>
                {isThen && here.map((turn) => <Chip key={turn.id} shift={shift} turn={turn} named={nameOf(turn)} isOff={Boolean(turn.userId) && isOff(turn.userId ?? "", at)} acts={acts} />)}
                {isThen && present.length === 0 && <span className="shift-gap"><Icon name="alert" size={12} />{text("orders.nobody")}</span>}
                {isThen && acts && <IconButton size="small" icon="plus" className="shift-add" label={text("admin.shift.put_on_day", { shift: shift.name, day: dayWords(locale, dayText(at)) })} onClick={() => acts.add(shift, dayText(at), null)} />}
              </Cell>
            );
          })}
        </tr>
      ))}
    </Frame>
  );
}

/** A row for each crew and person: on which shift they are on which day, and who is on none. */
export function PeopleTable({ people, crewsOf, ...plan }: Plan & { people: readonly Named[]; crewsOf: (person: string) => readonly string[] }) {
  const text = useText();
  const { days, shifts, turnsOf, isOff, acts } = plan;
  const turns = shifts.flatMap((shift) => turnsOf(shift).map((turn) => ({ shift, turn })));
  return (
    <Frame {...plan} head={text("orders.schedule.board.person")}>
      {people.map((one) => {
        const crews = one.isCrew ? [] : crewsOf(one.id);
        const own = turns.filter(({ turn }) => (one.isCrew ? turn.crewId === one.id : turn.userId === one.id || (turn.crewId && crews.includes(turn.crewId))));
        const on = (at: Day) => own.filter(({ shift, turn }) => beginsOn(shift, at) && isOnDay(turn, at));
        return (
          <tr key={one.id} data-person={one.id}>
            <th scope="row" className="schedule-who">
              {one.isCrew && <Icon name="users" size={12} />} <bdi>{one.name}</bdi>
              {days.every((at) => on(at).length === 0) && <div className="shift-gap"><Icon name="alert" size={12} />{text("admin.shift.none_week")}</div>}
            </th>
            {days.map((at) => (
              <Cell key={at} at={at} zone={plan.zone} isOut={on(at).length === 0} isGap={false}>
                {!one.isCrew && isOff(one.id, at) && <Badge icon="sun">{text("orders.schedule.board.off")}</Badge>}
                {on(at).map(({ shift, turn }) => <Chip key={turn.id} shift={shift} turn={turn} named={{ id: shift.id, name: shift.name, isCrew: Boolean(turn.crewId) && !one.isCrew }} isOff={false} acts={acts} hasHours who={plan.nameOf(turn).name} />)}
              </Cell>
            ))}
          </tr>
        );
      })}
    </Frame>
  );
}

function Frame({ days, zone, head, children }: Plan & { head: string; children: React.ReactNode }) {
  const text = useText();
  const { locale } = useLocalization();
  const today = dayOf(Date.now(), zone);
  const weekday = new Intl.DateTimeFormat(locale, { weekday: "short", day: "numeric", month: "short", timeZone: "UTC" });
  return (
    <div className="schedule-scroll shift-scroll" tabIndex={0} role="group" aria-label={text("pages.shifts")}>
      <table className="schedule-table">
        <thead>
          <tr>
            <th scope="col" className="schedule-who">{head}</th>
            {days.map((at) => <th key={at} scope="col" className={at === today ? "orders-today" : undefined} {...(at === today ? { "aria-current": "date" } : {})}>{weekday.format(at)}</th>)}
          </tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </div>
  );
}

function Cell({ at, zone, isOut, isGap, children }: { at: Day; zone: string; isOut: boolean; isGap: boolean; children: React.ReactNode }) {
  return (
    <td data-day={dayText(at)} className={classes(isOut && "schedule-off", isGap && "shift-open", at === dayOf(Date.now(), zone) && "orders-today-column")}>
      <div className="schedule-cell">{children}</div>
    </td>
  );
}

export function Hours({ shift: { hours } }: { shift: Shift }) {
  return <bdi>{`${hours.from}–${hours.until}`}</bdi>;
}

/** The days of the week in one line. */
export function useDaysOf(): (shift: Shift) => string[] {
  const nameOf = useDayName();
  return ({ hours }) => hours.days.map(nameOf);
}

interface ChipProps { shift: Shift; turn: Turn; named: Named; isOff: boolean; acts: Plan["acts"]; hasHours?: boolean; who?: string }

function Chip({ shift, turn, named, isOff, acts, hasHours = false, who }: ChipProps) {
  const text = useText();
  const words = (
    <>
      <span className="shift-chip-name">{named.isCrew && <Icon name="users" size={12} />}<bdi>{named.name}</bdi></span>
      {hasHours && <Hours shift={shift} />}
      {isOff && <span className="row"><Icon name="sun" size={12} />{text("orders.schedule.board.off")}</span>}
    </>
  );
  const look = classes("shift-chip", shift.isOnCall && "shift-chip-call", isOff && "shift-chip-off");
  if (!acts) return <span className={look}>{words}</span>;
  return <button type="button" className={look} aria-label={text("admin.shift.turn", { name: who ?? named.name, shift: shift.name })} onClick={() => acts.change(shift, turn)}>{words}</button>;
}
