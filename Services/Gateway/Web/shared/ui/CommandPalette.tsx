import { Fragment, type KeyboardEvent, useEffect, useId, useLayoutEffect, useMemo, useRef, useState } from "react";
import { useText } from "../localization";
import { classes } from "./classes";
import { ranked, score } from "./fuzzy";
import { Icon } from "./Icon";
import type { IconName } from "./icons";
import { Keys } from "./KeyHints";
import { Modal } from "./Modal";
import { Spinner } from "./Spinner";
import { useFound } from "./useFound";

export interface Command {
  key: string;
  label: string;
  /** Under which heading: "Pages", "Work orders". */
  group: string;
  icon?: IconName;
  hint?: string;
  keys?: readonly string[];
  /** More words by which it is found. */
  also?: string;
  /** Shown only to who types what finds it. */
  quiet?: boolean;
  run: () => void;
}

export interface CommandPaletteProps {
  /** Known at once: pages and actions. */
  commands: readonly Command[];
  /** Finds records while the person types. Keep the function the same between renders. */
  search?: (query: string, signal: AbortSignal) => Promise<readonly Command[]>;
  close: () => void;
}

const most = 50;

/** Everything by its name. Show it with `{open && <CommandPalette … />}`; `useCommandKey` opens it. */
export function CommandPalette({ commands, search, close }: CommandPaletteProps) {
  const text = useText();
  const id = useId();
  const list = useRef<HTMLDivElement>(null);
  const [query, setQuery] = useState("");
  const [active, setActive] = useState(0);
  const { found, loading, failed } = useFound(search, query);
  const shown = useMemo(() => {
    const near = ranked(query.trim() === "" ? commands.filter((command) => !command.quiet) : commands, query, ({ label }) => label, ({ also }) => also ?? "");
    // Until the answer to what is typed now comes, that of before is shown as far as it fits: Enter never opens what nobody asked for.
    const fresh = loading ? found.filter((command) => score(`${command.hint ?? ""} ${command.label}`, query) > 0) : found;
    const all = [...near, ...fresh].slice(0, most);
    // Those of one group stand together, in the order in which the best of each comes.
    const groups = [...new Set(all.map((command) => command.group))];
    return groups.flatMap((group) => all.filter((command) => command.group === group));
  }, [commands, query, found, loading]);
  const at = Math.min(active, shown.length - 1);

  useEffect(() => { list.current?.querySelector(`[data-index="${at}"]`)?.scrollIntoView({ block: "nearest" }); }, [at]);

  const run = (command: Command | undefined) => {
    if (!command) return;
    close();
    command.run();
  };
  const keyDown = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined && shown.length > 0) setActive((at + step + shown.length) % shown.length);
    else if (event.key === "Enter") run(shown[at]);
    else return;
    event.preventDefault();
  };
  return (
    <Modal label={text("ui.palette.title")} className="ui-palette" close={close} light>
      <div className="ui-palette-field">
        {loading ? <Spinner label="" /> : <Icon name="search" />}
        <input
          autoFocus
          role="combobox" aria-expanded="true" aria-controls={id} aria-autocomplete="list" aria-activedescendant={at >= 0 ? `${id}-${at}` : undefined}
          aria-label={text("ui.palette.title")} placeholder={text("ui.palette.placeholder")} autoComplete="off" spellCheck={false}
          value={query}
          onChange={(event) => { setQuery(event.target.value); setActive(0); }}
          onKeyDown={keyDown}
        />
      </div>
      <div ref={list} id={id} role="listbox" aria-label={text("ui.palette.title")} className="ui-palette-list">
        {shown.map((command, index) => (
          <Fragment key={`${command.group} ${command.key}`}>
            {command.group !== shown[index - 1]?.group && <div className="ui-palette-group" role="presentation">{command.group}</div>}
            <div
              id={`${id}-${index}`} data-index={index} role="option" aria-selected={index === at} aria-label={`${command.label}, ${command.group}`}
              className={classes("ui-option", index === at && "ui-option-active")}
              onPointerMove={() => setActive(index)} onClick={() => run(command)}
            >
              <span className="ui-palette-words">{command.icon && <Icon name={command.icon} />}<span>{command.label}</span>{command.hint && <span className="muted truncate">{command.hint}</span>}</span>
              {command.keys && <Keys keys={command.keys} />}
            </div>
          </Fragment>
        ))}
      </div>
      <div className="ui-palette-foot" role="status">
        {shown.length > 0 ? <><span className="visually-hidden">{text("ui.palette.results", { count: shown.length })}</span><span aria-hidden="true">{text("ui.palette.hint")}</span></>
          : text(loading ? "ui.loading" : failed ? "ui.options.failed" : "ui.palette.none", { query })}
      </div>
    </Modal>
  );
}

/** Ctrl-K, or Cmd-K on a Mac. */
export function useCommandKey(open: () => void): void {
  const latest = useRef(open);
  latest.current = open;
  useLayoutEffect(() => {
    const press = (event: globalThis.KeyboardEvent) => {
      if (event.key.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey) || event.shiftKey || event.altKey) return;
      event.preventDefault();
      latest.current();
    };
    document.addEventListener("keydown", press);
    return () => document.removeEventListener("keydown", press);
  }, []);
}
