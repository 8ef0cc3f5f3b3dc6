import { useState } from "react";
import { useText } from "../../../shared/localization";
import { Button, Dialog, Diff, type DiffChoice } from "../../../shared/ui";
import type { WorkOrder } from "../../orders/orders";
import { labels, useShown } from "../../orders/Changed";
import { changedFields, conflicts, editedOf, isSame, type Edited, type EditedField } from "../../orders/edit";

interface ConflictProps {
  /** What both began with. */
  before: Edited;
  mine: Edited;
  theirs: WorkOrder;
  take: (values: Edited) => void;
  close: () => void;
}

/** Somebody else has saved first: both versions, field by field. What only they have changed is theirs, unless the person says otherwise. */
export function ConflictDialog({ before, mine, theirs, take, close }: ConflictProps) {
  const text = useText();
  const show = useShown(theirs);
  const saved = editedOf(theirs);
  const differing = conflicts(mine, saved);
  const own = changedFields(before, mine);
  const [choices, setChoices] = useState<Record<string, DiffChoice>>({});
  const choiceOf = (field: EditedField): DiffChoice => choices[field] ?? (own.includes(field) ? "yours" : "theirs");
  const merged = (): Edited => {
    const next = { ...saved };
    for (const field of differing) if (choiceOf(field) === "yours") Object.assign(next, { [field]: mine[field] });
    return next;
  };
  const both = own.filter((field) => !isSame(field, before, saved) && differing.includes(field)).length;
  return (
    <Dialog
      title={text("orders.conflict.title")} size="large" close={close}
      actions={<><Button onClick={close}>{text("orders.conflict.later")}</Button><Button kind="primary" onClick={() => take(merged())}>{text("orders.conflict.take")}</Button></>}
    >
      <div className="stack">
        <p>{text(both > 0 ? "orders.conflict.both" : "orders.conflict.apart")}</p>
        <Diff
          fields={differing.map((field) => ({ field, label: text(labels[field]), theirs: show(field, saved), yours: show(field, mine) }))}
          choices={Object.fromEntries(differing.map((field) => [field, choiceOf(field)]))}
          onChoose={(field, choice) => setChoices({ ...choices, [field]: choice })}
        />
      </div>
    </Dialog>
  );
}
