import { useText } from "../../shared/localization";
import { Banner, Checkbox, DecimalField, Field, Select, TagsField, TextField, type FieldProps } from "../../shared/ui";
import { kinds } from "./check";
import { faultsOf, mayFail, type CheckDraft } from "./draft";

/** What a task asks for when it is done: first the kind, then what belongs to it. */
export function CheckFields({ value: check, onChange, name, error }: Pick<FieldProps<CheckDraft>, "value" | "onChange" | "name" | "error">) {
  const text = useText();
  const set = (change: Partial<CheckDraft>) => onChange({ ...check, ...change });
  // What is not filled in yet is not wrong before somebody has tried to send it.
  const faults = error === undefined ? {} : faultsOf(check);
  const wrong = (part: keyof typeof faults) => { const key = faults[part]; return key && text(key); };
  return (
    <div className="ui-form" data-field={name}>
      <Select
        label={text("orders.check.asks")} value={check.kind} onChange={(kind) => set({ kind })}
        options={(["none", ...kinds] as const).map((kind) => ({ value: kind, label: text(`orders.check.kind.${kind}`) }))}
      />
      {check.kind === "yes_no" && (
        <Select
          label={text("orders.check.passes")} value={check.passes} onChange={(passes) => set({ passes })}
          options={(["yes", "no", "either"] as const).map((value) => ({ value, label: text(`orders.check.${value}`) }))}
        />
      )}
      {check.kind === "choice" && (
        <>
          <TagsField label={text("orders.check.options")} value={check.options} onChange={(options) => set({ options })} hint={text("orders.skills_hint")} error={wrong("options")} required />
          {check.options.length > 0 && <Failing check={check} set={set} error={wrong("failing")} />}
        </>
      )}
      {check.kind === "number" && (
        <div className="ui-form-row">
          <TextField label={text("orders.check.unit")} value={check.unit} onChange={(unit) => set({ unit })} required={false} maxLength={20} />
          <DecimalField label={text("orders.check.minimum")} value={check.minimum} onChange={(minimum) => set({ minimum })} required={false} error={wrong("minimum")} />
          <DecimalField label={text("orders.check.maximum")} value={check.maximum} onChange={(maximum) => set({ maximum })} required={false} error={wrong("maximum")} />
        </div>
      )}
      {check.kind === "meter" && (
        <div className="ui-form-row">
          <TextField label={text("orders.check.meter")} value={check.meter} onChange={(meter) => set({ meter })} required maxLength={64} hint={text("orders.check.meter_hint")} error={wrong("meter")} />
          <TextField label={text("orders.check.unit")} value={check.unit} onChange={(unit) => set({ unit })} required maxLength={20} error={wrong("unit")} />
        </div>
      )}
      {mayFail(check) && <Checkbox label={text("orders.check.opens")} value={check.opensFollowUp} onChange={(opensFollowUp) => set({ opensFollowUp })} />}
      {error && Object.keys(faults).length === 0 && <Banner tone="danger">{error}</Banner>}
    </div>
  );
}

function Failing({ check, set, error }: { check: CheckDraft; set: (change: Partial<CheckDraft>) => void; error: string | undefined }) {
  const text = useText();
  const toggle = (option: string, on: boolean) => set({ failing: on ? [...check.failing, option] : check.failing.filter((one) => one !== option) });
  return (
    <Field label={text("orders.check.failing")} required={false} error={error} group>
      {() => (
        <div>
          {check.options.map((option) => <Checkbox key={option} label={<span dir="auto">{option}</span>} value={check.failing.includes(option)} onChange={(on) => toggle(option, on)} />)}
        </div>
      )}
    </Field>
  );
}
