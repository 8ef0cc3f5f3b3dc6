import { useText } from "../../../shared/localization";
import { Checkbox, Field, NumberField, Select, Status, TextField } from "../../../shared/ui";
import type { Priority } from "../../orders/orders";
import { days, faultsOf, longest, minutesOf, type HoursDraft, type LevelDraft, type Span } from "./draft";
import { useDayName } from "./useLevelWords";

interface LevelRowProps { priority: Priority; level: LevelDraft; set: (change: Partial<LevelDraft>) => void; error: string | undefined; hasHours: boolean }

/** What is promised for the work of one priority. */
export function LevelRow({ priority, level, set, error, hasHours }: LevelRowProps) {
  const text = useText();
  const id = `level-${priority}`;
  const [respond, restore] = [minutesOf(level.respond), minutesOf(level.restore)];
  // What is wrong is too short, or too long.
  const isRespond = (respond ?? 1) < 1 || ((restore ?? 1) >= 1 && (respond ?? 0) > (restore ?? 0));
  return (
    <div className="level-row" role="group" aria-labelledby={id} data-field={priority}>
      <span id={id}><Status kind="priority" value={priority} /></span>
      <SpanField label={text("orders.level.clock.respond")} value={level.respond} onChange={(next) => set({ respond: next })} error={isRespond ? error : undefined} />
      <SpanField label={text("orders.level.clock.restore")} value={level.restore} onChange={(next) => set({ restore: next })} error={isRespond ? undefined : error} />
      {hasHours && <Checkbox label={text("orders.level.around")} value={level.isAroundTheClock} onChange={(isAroundTheClock) => set({ isAroundTheClock })} />}
    </div>
  );
}

function SpanField({ label, value: { count, unit }, onChange, error }: { label: string; value: Span; onChange: (span: Span) => void; error: string | undefined }) {
  const text = useText();
  return (
    <div className="level-span" role="group" aria-label={label}>
      <NumberField
        label={label} value={count} digits={unit === "hours" ? 2 : 0} max={unit === "hours" ? longest / 60 : longest} error={error}
        onChange={(next) => onChange({ count: next, unit })}
      />
      <Select
        label={text("orders.level.unit_of", { what: label })} hideLabel value={unit} onChange={(next) => onChange({ count, unit: next })}
        options={(["minutes", "hours"] as const).map((value) => ({ value, label: text(`orders.level.unit.${value}`) }))}
      />
    </div>
  );
}

/** Which hours count: all, or those of some days. They may go past midnight. */
export function HoursFields({ label, value: hours, onChange, showsFaults }: { label: string; value: HoursDraft; onChange: (hours: HoursDraft) => void; showsFaults: boolean }) {
  const text = useText();
  const set = (change: Partial<HoursDraft>) => onChange({ ...hours, ...change });
  return (
    <div className="ui-form">
      <Select
        label={label} value={hours.when} onChange={(when) => set({ when })}
        options={(["always", "hours"] as const).map((value) => ({ value, label: text(`orders.level.when.${value}`) }))}
      />
      {hours.when === "hours" && <DayHours value={hours} onChange={onChange} showsFaults={showsFaults} />}
    </div>
  );
}

/** On which days, from when until when. */
export function DayHours({ value: hours, onChange, showsFaults }: { value: HoursDraft; onChange: (hours: HoursDraft) => void; showsFaults: boolean }) {
  const text = useText();
  const dayName = useDayName();
  const faults = showsFaults ? faultsOf(hours) : {};
  const set = (change: Partial<HoursDraft>) => onChange({ ...hours, ...change });
  return (
    <>
      <Field label={text("orders.level.days")} error={faults.days && text("rules.required")} group>
        {() => (
          <div className="level-days">
            {days.map((day) => (
              <Checkbox key={day} label={dayName(day)} value={hours.days.includes(day)} onChange={(on) => set({ days: days.filter((one) => (one === day ? on : hours.days.includes(one))) })} />
            ))}
          </div>
        )}
      </Field>
      <div className="ui-form-row">
        <TextField label={text("orders.level.from")} value={hours.from} onChange={(from) => set({ from })} required placeholder="08:00" maxLength={5} error={faults.from && text("orders.level.not_a_time")} />
        <TextField
          label={text("orders.level.until")} value={hours.until} onChange={(until) => set({ until })} required placeholder="17:00" maxLength={5} hint={text("orders.level.until_hint")}
          error={faults.until ? text("orders.level.not_a_time") : faults.isSame && text("orders.level.same_time")}
        />
      </div>
    </>
  );
}
