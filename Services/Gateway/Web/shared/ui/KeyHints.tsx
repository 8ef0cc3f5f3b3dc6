import { Fragment, type ReactNode } from "react";
import { hasText, useText } from "../localization";
import { Dialog } from "./Dialog";

export interface KeyGroup { title: string; keys: { keys: string[]; does: string }[] }

/** The shortcuts of a page, on `?`. */
export function KeyHints({ groups, note, close }: { groups: readonly KeyGroup[]; note?: ReactNode; close: () => void }) {
  const text = useText();
  return (
    <Dialog title={text("ui.keys.title")} close={close}>
      {note}
      <div className="ui-keys">
        {groups.map((group) => (
          <section key={group.title}>
            <h3>{group.title}</h3>
            <dl>
              {group.keys.map((entry) => (
                <div key={entry.does} className="ui-keys-line">
                  <dt>{entry.does}</dt>
                  <dd><Keys keys={entry.keys} /></dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Dialog>
  );
}

/** Keys as caps, with what stands on them in the person's country. */
export function Keys({ keys }: { keys: readonly string[] }) {
  const text = useText();
  const capOf = (name: string): string => {
    const key = `ui.key.${name}`;
    return hasText(key) ? text(key) : name;
  };
  return <span className="ui-keycaps" dir="ltr">{keys.map((key) => <Fragment key={key}><kbd className="ui-key">{capOf(key)}</kbd></Fragment>)}</span>;
}
