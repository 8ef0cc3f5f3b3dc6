import { type ReactNode, useId } from "react";
import { classes } from "./classes";
import { Field, type FieldProps } from "./Field";
import { Icon } from "./Icon";
import type { Option } from "./Select";

export interface CheckboxProps {
  label: ReactNode;
  value: boolean;
  onChange: (value: boolean) => void;
  name?: string;
  hint?: ReactNode;
  error?: string | undefined;
  disabledReason?: string | undefined;
}

export function Checkbox({ label, value, onChange, name, hint, error, disabledReason }: CheckboxProps) {
  const id = useId();
  const words = hint || error || disabledReason;
  return (
    <div className="ui-field" data-field={name}>
      <label className={classes("ui-check", disabledReason && "ui-check-off")}>
        <input
          type="checkbox" name={name} checked={value} aria-disabled={disabledReason ? true : undefined}
          aria-describedby={words ? id : undefined} aria-invalid={error ? true : undefined}
          onChange={(event) => { if (!disabledReason) onChange(event.target.checked); }}
        />
        <span>{label}</span>
      </label>
      {words && <div id={id} className={error ? "ui-field-error" : "ui-field-hint"}>{error && <Icon name="alert" size={12} />}{error ?? disabledReason ?? hint}</div>}
    </div>
  );
}

/** On or off, at once: without a form and a button that saves. */
export function Switch({ label, value, onChange, disabledReason }: Omit<CheckboxProps, "hint" | "error">) {
  const id = useId();
  return (
    <button
      type="button" role="switch" className="ui-switch" aria-checked={value} aria-disabled={disabledReason ? true : undefined}
      aria-describedby={disabledReason ? id : undefined} title={disabledReason}
      onClick={() => { if (!disabledReason) onChange(!value); }}
    >
      <span className="ui-switch-track" />
      <span>{label}</span>
      {disabledReason && <span id={id} hidden>{disabledReason}</span>}
    </button>
  );
}

export interface RadioGroupProps<Value extends string> extends FieldProps<Value> { options: readonly Option<Value>[] }

export function RadioGroup<Value extends string>({ value, onChange, options, ...frame }: RadioGroupProps<Value>) {
  const group = useId();
  return (
    <Field {...frame} group>
      {(attributes) => (
        <div className="ui-radios" aria-describedby={attributes["aria-describedby"]}>
          {options.map((option) => (
            <label key={option.value} className={classes("ui-check", frame.disabledReason && "ui-check-off")}>
              <input
                type="radio" name={group} checked={option.value === value} disabled={attributes.readOnly}
                onChange={() => onChange(option.value)}
              />
              <span>{option.label}{option.hint && <span className="ui-check-hint">{option.hint}</span>}</span>
            </label>
          ))}
        </div>
      )}
    </Field>
  );
}
