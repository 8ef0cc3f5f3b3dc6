import { useEffect, useState } from "react";
import { useText } from "../localization";
import { useFormat } from "../localization/format";
import { Field, type FieldProps } from "./Field";
import { parseNumber } from "./numbers";

export interface NumberFieldProps extends FieldProps<number | null> {
  unit?: string;
  min?: number;
  max?: number;
  /** Digits after the point that are kept; 2 unless said. */
  digits?: number;
}

/** A number as the reader's language writes it, with its unit. Arrow keys count; what is not a number is kept and marked. */
export function NumberField({ value, onChange, unit, min, max, digits = 2, error, ...frame }: NumberFieldProps) {
  const text = useText();
  const format = useFormat();
  const shown = (number: number | null) => (number === null ? "" : format.number(number, { maximumFractionDigits: digits, useGrouping: false }));
  const [typed, setTyped] = useState(() => shown(value));
  const parsed = parseNumber(typed, format.number);
  // What is typed wins as long as it means the value; a value from elsewhere replaces it.
  const [seen, setSeen] = useState(value);
  useEffect(() => {
    if (value === seen) return;
    setSeen(value);
    if (value !== parseNumber(typed, format.number)) setTyped(shown(value));
  });

  const take = (words: string) => {
    setTyped(words);
    const number = parseNumber(words, format.number);
    if (number === undefined || number === value) return;
    setSeen(number);
    onChange(number);
  };
  const own = parsed === undefined ? text("ui.field.notNumber")
    : parsed !== null && min !== undefined && parsed < min ? text("ui.field.atLeast", { value: format.number(min) })
    : parsed !== null && max !== undefined && parsed > max ? text("ui.field.atMost", { value: format.number(max) })
    : undefined;
  return (
    <Field {...frame} error={error ?? own}>
      {(attributes) => (
        <div className="ui-input ui-input-group">
          <input
            {...attributes} type="text" inputMode="decimal" autoComplete="off" className="ui-input-number" value={typed}
            onChange={(event) => take(event.target.value)}
            onBlur={() => { if (parsed !== undefined) setTyped(shown(parsed)); }}
            onKeyDown={(event) => {
              const step = { ArrowUp: 1, ArrowDown: -1 }[event.key];
              if (step === undefined || frame.disabledReason || parsed === undefined) return;
              event.preventDefault();
              take(shown(Math.min(max ?? Infinity, Math.max(min ?? -Infinity, (parsed ?? 0) + step * (event.shiftKey ? 10 : 1)))));
            }}
          />
          {unit && <span className="ui-input-unit" dir="ltr">{unit}</span>}
        </div>
      )}
    </Field>
  );
}
