import { Field, type FieldProps } from "./Field";

export interface DateFieldProps extends FieldProps<string> {
  min?: string;
  max?: string;
}

/** A day, as `2026-06-30`: no time, and so no zone. The browser writes it as the reader does. */
export function DateField({ value, onChange, min, max, ...frame }: DateFieldProps) {
  return (
    <Field {...frame}>
      {(attributes) => <input {...attributes} type="date" className="ui-input" value={value} min={min} max={max} onChange={(event) => onChange(event.target.value)} />}
    </Field>
  );
}
