import { type KeyboardEvent, type ReactNode, useEffect, useId, useRef } from "react";
import { useText } from "../localization";
import { useFormat } from "../localization/format";
import { classes } from "./classes";
import { arrow } from "./keys";
import { useSize } from "./useSize";

export interface Tab<Value extends string> { value: Value; label: string; count?: number | undefined }

export interface TabsProps<Value extends string> {
  label: string;
  tabs: readonly Tab<Value>[];
  /** The caller keeps it, in the URL. */
  value: Value;
  onChange: (value: Value) => void;
  /** What the open tab shows. */
  children?: ReactNode;
}

export function Tabs<Value extends string>({ label, tabs, value, onChange, children }: TabsProps<Value>) {
  const id = useId();
  const text = useText();
  const format = useFormat();
  const list = useRef<HTMLDivElement>(null);
  const width = useSize(list);
  // On a phone the open tab may be beyond the end of the row.
  useEffect(() => {
    const row = list.current?.getBoundingClientRect();
    const open = list.current?.querySelector("[aria-selected=true]")?.getBoundingClientRect();
    if (!list.current || !row || !open) return;
    if (open.left < row.left) list.current.scrollLeft -= row.left - open.left;
    else if (open.right > row.right) list.current.scrollLeft += open.right - row.right;
  }, [value, width, tabs.length]);
  const keyDown = (event: KeyboardEvent<HTMLDivElement>) => {
    const at = tabs.findIndex((tab) => tab.value === value);
    const direction = arrow(event.key, event.currentTarget);
    const next = event.key === "Home" ? 0 : event.key === "End" ? tabs.length - 1
      : direction ? (at + (direction === "next" ? 1 : -1) + tabs.length) % tabs.length : undefined;
    const tab = next === undefined ? undefined : tabs[next];
    if (next === undefined || !tab) return;
    event.preventDefault();
    onChange(tab.value);
    list.current?.querySelectorAll<HTMLElement>("[role=tab]")[next]?.focus();
  };
  return (
    <>
      <div ref={list} role="tablist" aria-label={label} className="ui-tabs" onKeyDown={keyDown}>
        {tabs.map((tab) => (
          <button
            key={tab.value}
            type="button"
            role="tab"
            id={`${id}-${tab.value}`}
            aria-selected={tab.value === value}
            aria-controls={children !== undefined && tab.value === value ? `${id}-panel` : undefined}
            tabIndex={tab.value === value ? 0 : -1}
            className={classes("ui-tab", tab.value === value && "ui-tab-on")}
            onClick={() => onChange(tab.value)}
          >
            {tab.label}
            {tab.count !== undefined && <span className="ui-tab-count" title={text("ui.tabs.count", { count: tab.count })}>{format.number(tab.count)}</span>}
          </button>
        ))}
      </div>
      {children !== undefined && (
        <div id={`${id}-panel`} role="tabpanel" aria-labelledby={`${id}-${value}`} className="ui-tab-panel">{children}</div>
      )}
    </>
  );
}
