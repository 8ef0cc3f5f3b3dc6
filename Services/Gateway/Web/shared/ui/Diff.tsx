import { type ReactNode, useId } from "react";
import { useText } from "../localization";
import { classes } from "./classes";

export interface DiffField {
  field: string;
  label: string;
  theirs: ReactNode;
  yours: ReactNode;
}
export type DiffChoice = "theirs" | "yours";

export interface DiffProps {
  fields: readonly DiffField[];
  choices: Readonly<Record<string, DiffChoice>>;
  onChoose: (field: string, choice: DiffChoice) => void;
}

/** Two versions of a record field by field, after somebody else has saved: one is picked for each. */
export function Diff({ fields, choices, onChoose }: DiffProps) {
  const text = useText();
  const id = useId();
  return (
    <div className="ui-diff">
      {fields.map((entry) => (
        <fieldset key={entry.field} className="ui-diff-field">
          <legend className="ui-diff-label"><span className="visually-hidden">{text("ui.diff.take", { field: entry.label })}</span><span aria-hidden="true">{entry.label}</span></legend>
          {(["theirs", "yours"] as const).map((side) => {
            const on = (choices[entry.field] ?? "yours") === side;
            return (
              <label key={side} className={classes("ui-diff-side", on && "ui-diff-on")}>
                <input type="radio" name={`${id}-${entry.field}`} checked={on} onChange={() => onChoose(entry.field, side)} />
                <span className="ui-diff-words">
                  <span className="ui-diff-whose">{text(`ui.diff.${side}`)}</span>
                  <span className="ui-diff-value">{entry[side] === "" || entry[side] == null ? <em>{text("ui.diff.none")}</em> : entry[side]}</span>
                </span>
              </label>
            );
          })}
        </fieldset>
      ))}
    </div>
  );
}

export interface ChangeListProps { changes: readonly { field: string; label: string; before: ReactNode; after: ReactNode }[] }

/** What was changed, before and after: for histories and the audit log. */
export function ChangeList({ changes }: ChangeListProps) {
  const text = useText();
  const shown = (value: ReactNode) => (value === "" || value == null ? <em>{text("ui.diff.none")}</em> : value);
  return (
    <dl className="ui-changes">
      {changes.map((change) => (
        <div key={change.field} className="ui-keyvalue-line">
          <dt className="muted">{change.label}</dt>
          <dd><del>{shown(change.before)}</del> <ins>{shown(change.after)}</ins></dd>
        </div>
      ))}
    </dl>
  );
}
