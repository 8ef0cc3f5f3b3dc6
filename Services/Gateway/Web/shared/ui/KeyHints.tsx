import { Fragment } from "react";
import { useText } from "../localization";
import { Dialog } from "./Dialog";

export interface KeyGroup { title: string; keys: { keys: string[]; does: string }[] }

/** The shortcuts of a page, on `?`. */
export function KeyHints({ groups, close }: { groups: readonly KeyGroup[]; close: () => void }) {
  const text = useText();
  return (
    <Dialog title={text("ui.keys.title")} close={close}>
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

/** Keys as caps. */
export function Keys({ keys }: { keys: readonly string[] }) {
  return <span className="ui-keycaps" dir="ltr">{keys.map((key) => <Fragment key={key}><kbd className="ui-key">{key}</kbd></Fragment>)}</span>;
}
