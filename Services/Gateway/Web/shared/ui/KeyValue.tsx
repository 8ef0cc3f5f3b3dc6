import type { ReactNode } from "react";
import { classes } from "./classes";

export interface KeyValueProps {
  /** Entries without a value are left out; `null` shows a dash. */
  entries: readonly { label: string; value: ReactNode }[];
  /** Labels above the values, several beside each other. */
  columns?: boolean;
}

export function KeyValue({ entries, columns = false }: KeyValueProps) {
  return (
    <dl className={classes("ui-keyvalue", columns && "ui-keyvalue-columns")}>
      {entries.filter((entry) => entry.value !== undefined).map((entry) => (
        <div key={entry.label} className="ui-keyvalue-line">
          <dt>{entry.label}</dt>
          <dd>{entry.value ?? "–"}</dd>
        </div>
      ))}
    </dl>
  );
}
