import { useText } from "../../shared/localization";
import { DateTimeField, NumberField, SegmentedControl, TextArea, type FormState } from "../../shared/ui";
import { hoursKinds, type Draft } from "./hours";

/** What is written down of hours, by the clock of the site. */
export function HoursFields<Values extends Draft>({ form: typed, zone, runs = false }: { form: FormState<Values>; zone: string; runs?: boolean }) {
  const text = useText();
  // A form of more is a form of these.
  const form = typed as unknown as FormState<Draft>;
  const { kind } = form.values;
  return (
    <>
      <div className="row">
        <SegmentedControl
          label={text("orders.hours.kind")} value={kind} onChange={(next) => form.set({ kind: next })}
          options={hoursKinds.map((value) => ({ value, label: text(`orders.hours.kind.${value}`) }))}
        />
      </div>
      <div className="ui-form-row">
        <DateTimeField label={text("orders.hours.from")} zone={zone} required {...form.field("startedAt")} />
        <DateTimeField label={text("orders.hours.to")} zone={zone} required={!runs} {...form.field("endedAt")} {...(runs ? { hint: text("orders.hours.to_hint") } : {})} />
      </div>
      <NumberField label={text("orders.hours.break")} unit={text("orders.hours.minutes")} min={0} max={1440} digits={0} required={false} hint={text("orders.hours.break_hint")} {...form.field("breakMinutes")} />
      <TextArea label={text("orders.hours.note")} required={false} rows={2} maxLength={2000} {...form.field("note")} />
    </>
  );
}

/** What can be told without the server. */
export function useHoursCheck(): (values: Draft, runs?: boolean) => Partial<Record<keyof Draft, string>> {
  const text = useText();
  return ({ startedAt, endedAt }, runs = false) => ({
    ...(startedAt ? {} : { startedAt: text("orders.hours.missing") }),
    ...(endedAt || runs ? {} : { endedAt: text("orders.hours.missing") }),
    ...(startedAt && endedAt && Date.parse(endedAt) <= Date.parse(startedAt) ? { endedAt: text("orders.hours.reversed") } : {}),
  });
}
