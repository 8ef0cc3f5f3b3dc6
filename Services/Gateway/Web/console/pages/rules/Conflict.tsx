import { useState } from "react";
import { useText } from "../../../shared/localization";
import { useFormat } from "../../../shared/localization/format";
import { Button, Dialog, Diff, useStatusName, type DiffChoice } from "../../../shared/ui";
import { changeable, changed, type Changeable, type RuleValues } from "./rule";

interface ConflictProps {
  before: RuleValues;
  mine: RuleValues;
  theirs: RuleValues;
  take: (values: RuleValues) => void;
  close: () => void;
}

const labels = {
  name: "watch.rule.name", threshold: "watch.threshold", consecutive: "watch.rule.consecutive", severity: "watch.severity",
  createsWorkOrder: "watch.rule.creates_order", isEnabled: "watch.rule.is_enabled",
} as const;

/** Somebody else has saved the rule first: both versions, field by field. */
export function Conflict({ before, mine, theirs, take, close }: ConflictProps) {
  const text = useText();
  const format = useFormat();
  const name = useStatusName();
  const differing = changeable.filter((field) => mine[field] !== theirs[field]);
  const own = changed(before, mine);
  const [choices, setChoices] = useState<Record<string, DiffChoice>>({});
  const choiceOf = (field: Changeable): DiffChoice => choices[field] ?? (own.includes(field) ? "yours" : "theirs");
  const show = (field: Changeable, values: RuleValues): string => {
    const value = values[field];
    if (field === "severity") return name("severity", String(value));
    if (typeof value === "boolean") return text(value ? "watch.yes" : "watch.no");
    return typeof value === "number" ? format.number(value) : value ?? "";
  };
  const merged = (): RuleValues => {
    const next = { ...theirs };
    for (const field of differing) if (choiceOf(field) === "yours") Object.assign(next, { [field]: mine[field] });
    return next;
  };
  return (
    <Dialog
      title={text("watch.conflict.title")} size="large" close={close}
      actions={<><Button onClick={close}>{text("watch.conflict.later")}</Button><Button kind="primary" onClick={() => take(merged())}>{text("watch.conflict.take")}</Button></>}
    >
      <div className="stack">
        <p>{text("watch.conflict.text")}</p>
        <Diff
          fields={differing.map((field) => ({ field, label: text(labels[field]), theirs: show(field, theirs), yours: show(field, mine) }))}
          choices={Object.fromEntries(differing.map((field) => [field, choiceOf(field)]))}
          onChoose={(field, choice) => setChoices({ ...choices, [field]: choice })}
        />
      </div>
    </Dialog>
  );
}
