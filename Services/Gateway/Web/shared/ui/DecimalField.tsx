import { useEffect, useRef, useState } from "react";
import { useText } from "../localization";
import { useFormat } from "../localization/format";
import { Field, type FieldProps } from "./Field";
import { parseDecimal } from "./numbers";

export interface DecimalFieldProps extends FieldProps<string> {
  unit?: string | null | undefined;
}

/** What was typed is no number: it stays in the field, and must not be sent. */
export const unreadable = "NaN";

/** A decimal with all its digits, as the reader's language writes it. The value is in plain digits, as the API has it; `""`: nothing typed, ``unreadable``: no number. */
export function DecimalField({ value, onChange, unit, error, ...frame }: DecimalFieldProps) {
  const text = useText();
  const format = useFormat();
  const shown = (plain: string) => (plain === "" || plain === unreadable ? "" : format.decimal(plain));
  const [typed, setTyped] = useState(() => shown(value));
  const seen = useRef(value);
  // What is typed wins as long as it means the value; a value from elsewhere replaces it.
  useEffect(() => {
    if (value === seen.current) return;
    seen.current = value;
    setTyped(shown(value));
  });
  const take = (words: string) => {
    setTyped(words);
    const plain = parseDecimal(words, format.number);
    seen.current = plain === undefined ? unreadable : plain ?? "";
    onChange(seen.current);
  };
  return (
    <Field {...frame} error={error ?? (value === unreadable ? text("ui.field.notNumber") : undefined)}>
      {(attributes) => (
        <div className="ui-input ui-input-group">
          <input
            {...attributes} type="text" inputMode="decimal" autoComplete="off" className="ui-input-number" value={typed}
            onChange={(event) => take(event.target.value)}
          />
          {unit && <span className="ui-input-unit" dir="auto">{unit}</span>}
        </div>
      )}
    </Field>
  );
}
