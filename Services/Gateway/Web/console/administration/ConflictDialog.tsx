import { type ReactNode, useState } from "react";
import { listed, useText } from "../../shared/localization";
import { Banner, Button, Dialog, Diff, type DiffChoice } from "../../shared/ui";
import { explain } from "./useApiForm";

interface ConflictDialogProps<Values extends object> {
  /** As it was when the person began, as it is saved now, as they want it. */
  base: Values;
  theirs: Values;
  yours: Values;
  labels: { [Name in keyof Values & string]: string };
  shown?: (name: keyof Values & string, value: unknown) => ReactNode;
  /** Sends the values that the person has chosen. What it throws is shown, and the dialog stays. */
  save: (values: Values) => Promise<unknown>;
  close: () => void;
}

export const isSame = (one: unknown, other: unknown): boolean => JSON.stringify(one ?? null) === JSON.stringify(other ?? null);

const plain = (value: unknown): ReactNode => (Array.isArray(value) ? listed(value.map(String)) : value === null || value === undefined ? "" : String(value));

/** Somebody else has saved the same record: field by field, both versions, and which to keep. What only one has changed is that one's. */
export function ConflictDialog<Values extends object>({ base, theirs, yours, labels, shown, save, close }: ConflictDialogProps<Values>) {
  const text = useText();
  const names = (Object.keys(labels) as (keyof Values & string)[]).filter((name) => !isSame(theirs[name], yours[name]));
  const [choices, setChoices] = useState<Record<string, DiffChoice>>(() =>
    Object.fromEntries(names.map((name) => [name, isSame(base[name], yours[name]) ? "theirs" : "yours"]))
  );
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string>();
  const keep = async () => {
    const chosen = Object.fromEntries(names.map((name) => [name, choices[name] === "theirs" ? theirs[name] : yours[name]]));
    setBusy(true);
    setProblem(undefined);
    try {
      await save({ ...yours, ...chosen });
      close();
    } catch (error) {
      setProblem(explain(error));
      setBusy(false);
    }
  };
  return (
    <Dialog
      title={text("admin.conflict.title")} close={close} size="large"
      actions={<><Button onClick={close}>{text("ui.cancel")}</Button><Button kind="primary" busy={busy} onClick={() => void keep()}>{text("admin.conflict.save")}</Button></>}
    >
      <div className="stack">
        {problem && <Banner tone="danger">{problem}</Banner>}
        <p>{text("admin.conflict.text")}</p>
        <Diff
          fields={names.map((name) => ({
            field: name, label: labels[name],
            theirs: (shown ?? ((_, value) => plain(value)))(name, theirs[name]), yours: (shown ?? ((_, value) => plain(value)))(name, yours[name]),
          }))}
          choices={choices} onChoose={(field, choice) => setChoices((now) => ({ ...now, [field]: choice }))}
        />
      </div>
    </Dialog>
  );
}
