import { Fragment, type KeyboardEvent, type RefObject, useEffect, useRef } from "react";
import { classes } from "./classes";
import { Icon } from "./Icon";
import type { IconName } from "./icons";

export interface MenuItem {
  key: string;
  label: string;
  icon?: IconName;
  /** Shown at the end: a shortcut or a count. */
  hint?: string;
  danger?: boolean;
  /** A choice that is on or off. */
  checked?: boolean;
  /** The menu stays open. */
  stays?: boolean;
  /** Why it cannot be done now; the words are shown under the label. */
  disabledReason?: string | undefined;
  run: () => void;
}
export type MenuEntry = MenuItem | "line";

interface MenuListProps {
  id: string;
  label: string;
  items: readonly MenuEntry[];
  start: "first" | "last";
  anchor: RefObject<HTMLElement>;
  close: (refocus: boolean) => void;
}

export function MenuList({ id, label, items, start, anchor, close }: MenuListProps) {
  const list = useRef<HTMLDivElement>(null);
  const typed = useRef({ letters: "", at: 0 });
  const choices = () => [...(list.current?.querySelectorAll<HTMLElement>("[role^=menuitem]") ?? [])];

  useEffect(() => {
    const all = choices();
    all[start === "first" ? 0 : all.length - 1]?.focus();
  }, [start]);
  useEffect(() => {
    const outside = (event: PointerEvent) => {
      const target = event.target as Node;
      if (!list.current?.contains(target) && !anchor.current?.contains(target)) close(false);
    };
    document.addEventListener("pointerdown", outside, true);
    return () => document.removeEventListener("pointerdown", outside, true);
  });

  const keyDown = (event: KeyboardEvent) => {
    const all = choices();
    const at = all.indexOf(document.activeElement as HTMLElement);
    const step = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: -1 }[event.key];
    event.stopPropagation();
    if (step !== undefined) {
      event.preventDefault();
      all[(step + all.length) % all.length]?.focus();
    } else if (event.key === "Escape") {
      event.preventDefault();
      close(true);
    } else if (event.key === "Tab") close(true);
    else if (event.key.length === 1 && event.key !== " " && !event.ctrlKey && !event.metaKey) {
      // Letters typed in quick succession make a word.
      const fresh = event.timeStamp - typed.current.at > 600;
      const letters = (fresh ? "" : typed.current.letters) + event.key.toLocaleLowerCase();
      typed.current = { letters, at: event.timeStamp };
      const from = fresh ? at + 1 : at;
      const turned = [...all.slice(from), ...all.slice(0, from)];
      turned.find((item) => item.textContent?.trim().toLocaleLowerCase().startsWith(letters))?.focus();
    }
  };

  return (
    <div ref={list} id={id} role="menu" aria-label={label} onKeyDown={keyDown}>
      {items.map((item, index) => item === "line" ? <hr key={index} className="ui-menu-line" /> : (
        <Fragment key={item.key}>
          <button
            type="button"
            role={item.checked === undefined ? "menuitem" : "menuitemcheckbox"}
            aria-checked={item.checked}
            aria-disabled={item.disabledReason ? true : undefined}
            tabIndex={-1}
            className={classes("ui-menu-item", item.danger && "ui-menu-danger")}
            onClick={() => {
              if (item.disabledReason) return;
              if (!item.stays) close(true);
              item.run();
            }}
          >
            {item.checked !== undefined && <Icon name="check" className={item.checked ? undefined : "ui-menu-off"} />}
            {item.icon && <Icon name={item.icon} />}
            <span className="ui-menu-label">
              {item.label}
              {item.disabledReason && <span className="ui-menu-reason">{item.disabledReason}</span>}
            </span>
            {item.hint && <span className="ui-menu-hint">{item.hint}</span>}
          </button>
        </Fragment>
      ))}
    </div>
  );
}
