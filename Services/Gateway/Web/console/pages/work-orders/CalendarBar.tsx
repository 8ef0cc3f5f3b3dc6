import { useLocalization, useText } from "../../../shared/localization";
import { Button, IconButton, SegmentedControl, Select } from "../../../shared/ui";
import { instantAt, offsetText, type Day } from "./calendar";

interface CalendarBarProps {
  mode: "week" | "month";
  days: readonly Day[];
  at: Day;
  zone: string;
  zones: readonly string[];
  turn: (count: number) => void;
  today: () => void;
  /** Without it, only weeks are shown. */
  setMode?: (mode: "week" | "month") => void;
  /** Without it, the clock is the only one. */
  setZone?: (zone: string) => void;
}

/** Which days are shown, and whose clock counts. */
export function CalendarBar({ mode, days, at, zone, zones, turn, today, setMode, setZone }: CalendarBarProps) {
  const text = useText();
  const { locale } = useLocalization();
  const first = days[0] ?? at;
  const last = days[days.length - 1] ?? at;
  const title = mode === "week"
    ? new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeZone: "UTC" }).formatRange(first, last)
    : new Intl.DateTimeFormat(locale, { month: "long", year: "numeric", timeZone: "UTC" }).format(at);
  return (
    <div className="orders-calendar-bar">
      <IconButton icon="chevron-start" label={text("orders.calendar.earlier")} onClick={() => turn(-1)} />
      <Button size="small" onClick={today}>{text("orders.calendar.today")}</Button>
      <IconButton icon="chevron-end" label={text("orders.calendar.later")} onClick={() => turn(1)} />
      <h2 className="orders-calendar-title" aria-live="polite">{title}</h2>
      <span className="orders-calendar-end">
        {setMode && (
          <SegmentedControl
            label={text("orders.calendar.range")} value={mode} onChange={setMode}
            options={[{ value: "week", label: text("orders.calendar.week") }, { value: "month", label: text("orders.calendar.month") }]}
          />
        )}
        {setZone && (
          <Select
            label={text("orders.calendar.zone")} hideLabel value={zone} onChange={setZone}
            options={zones.map((value) => ({ value, label: `${value.replace(/_/g, " ")} (${offsetText(instantAt(first, value), value)})` }))}
          />
        )}
      </span>
    </div>
  );
}
