import { useEffect, useState } from "react";
import { useText } from "../localization";
import { useFormat } from "../localization/format";
import { Field, type FieldProps } from "./Field";
import { SegmentedControl } from "./SegmentedControl";
import { instantOf, wallFromText, wallText } from "./zones";

export interface DateTimeFieldProps extends FieldProps<string | null> {
  /** Name of the time zone in which the clock is read, such as that of the site: `Europe/Madrid`. */
  zone: string;
  min?: string;
  max?: string;
}

/** A moment. What is kept is the instant (RFC 3339, UTC); what is typed is the clock of the named zone, also on the days it is changed. */
export function DateTimeField({ value, onChange, zone, min, max, hint, ...frame }: DateTimeFieldProps) {
  const text = useText();
  const format = useFormat();
  const shown = value === null ? "" : wallText(Date.parse(value), zone);
  const [typed, setTyped] = useState(shown);
  // A half-typed date has no instant; it must not be wiped by the value that has not changed.
  const [seen, setSeen] = useState({ value, zone });
  useEffect(() => {
    if (seen.value === value && seen.zone === zone) return;
    setSeen({ value, zone });
    setTyped(shown);
  }, [seen, value, zone, shown]);

  const take = (words: string) => {
    setTyped(words);
    const wall = wallFromText(words);
    const next = wall === null ? null : new Date(instantOf(wall, zone).instant).toISOString();
    if (next === value || (wall === null && words !== "")) return;
    setSeen({ value: next, zone });
    onChange(next);
  };
  const wall = wallFromText(typed);
  const resolved = wall === null ? undefined : instantOf(wall, zone);
  const note = resolved?.kind === "gap" ? text("ui.time.gap", { time: format.dateTime(resolved.instant, zone) }) : undefined;
  const limit = (instant: string | undefined) => (instant === undefined ? undefined : wallText(Date.parse(instant), zone));
  return (
    <Field {...frame} hint={<span>{zone.replace(/_/g, " ")}{hint && <> · {hint}</>}{note && <strong role="status"> · {note}</strong>}</span>}>
      {(attributes) => (
        <>
          <input
            {...attributes} type="datetime-local" className="ui-input" value={typed} min={limit(min)} max={limit(max)}
            onChange={(event) => take(event.target.value)}
          />
          {resolved?.kind === "twice" && resolved.second !== undefined && (
            <SegmentedControl
              label={text("ui.time.twice")}
              value={value !== null && Date.parse(value) === resolved.second ? "second" : "first"}
              options={[{ value: "first", label: text("ui.time.first") }, { value: "second", label: text("ui.time.second") }]}
              onChange={(which) => {
                const next = new Date(which === "second" ? resolved.second ?? resolved.instant : resolved.instant).toISOString();
                setSeen({ value: next, zone });
                onChange(next);
              }}
            />
          )}
        </>
      )}
    </Field>
  );
}
