import { type KeyboardEvent, useRef, useState } from "react";
import { useText } from "../localization";
import { classes } from "./classes";
import { Field, type FieldProps } from "./Field";
import { Floating } from "./Floating";
import { Icon } from "./Icon";
import { IconButton } from "./IconButton";
import type { Option } from "./Select";
import { Spinner } from "./Spinner";
import { type OptionSource, useOptions } from "./useOptions";

export interface ComboboxProps extends Omit<FieldProps<string | null>, "onChange"> {
  onChange: (value: string | null, option: Option | null) => void;
  /** All of them, or a function that finds them (an earlier search is aborted by the signal). */
  options: OptionSource;
  /** The words for the value, if its option may not be loaded. */
  valueLabel?: string | undefined;
  placeholder?: string;
}

/** One of many, found by typing. */
export function Combobox({ value, onChange, options, valueLabel, placeholder, ...frame }: ComboboxProps) {
  const text = useText();
  const box = useRef<HTMLDivElement>(null);
  const input = useRef<HTMLInputElement>(null);
  const [open, setOpen] = useState(false);
  const [query, setQuery] = useState("");
  const [active, setActive] = useState(0);
  const [picked, setPicked] = useState<Option | null>(null);
  const { found, loading, failed } = useOptions(options, query, open);
  const known = found.find((option) => option.value === value) ?? (picked?.value === value ? picked : null);
  const shown = value === null ? "" : known?.label ?? valueLabel ?? value;
  const at = Math.min(active, found.length - 1);

  const show = () => {
    if (frame.disabledReason || open) return;
    setQuery("");
    setActive(Math.max(0, found.findIndex((option) => option.value === value)));
    setOpen(true);
  };
  const choose = (option: Option | null) => {
    setPicked(option);
    setOpen(false);
    onChange(option?.value ?? null, option);
  };
  const keyDown = (event: KeyboardEvent, listId: string) => {
    const option = found[at];
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      if (!open) show();
      else {
        const next = (at + (event.key === "ArrowDown" ? 1 : -1) + found.length) % Math.max(1, found.length);
        setActive(next);
        document.getElementById(`${listId}-${next}`)?.scrollIntoView({ block: "nearest" });
      }
    } else if (event.key === "Enter" && open && option) choose(option);
    else if (event.key === "Escape" && open) setOpen(false);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };

  return (
    <Field {...frame}>
      {(attributes, labelId) => {
        const listId = `${attributes.id}-list`;
        return (
          <div ref={box} className="ui-input ui-input-group">
            <input
              {...attributes}
              ref={input} type="text" role="combobox" autoComplete="off" spellCheck={false} placeholder={placeholder}
              aria-expanded={open} aria-controls={open ? listId : undefined} aria-autocomplete="list"
              aria-activedescendant={open && found.length > 0 ? `${listId}-${at}` : undefined}
              value={open && query !== "" ? query : shown}
              onClick={show}
              onFocus={(event) => event.target.select()}
              onBlur={() => setOpen(false)}
              onChange={(event) => { setQuery(event.target.value); setActive(0); if (!frame.disabledReason) setOpen(true); if (event.target.value === "") choose(null); }}
              onKeyDown={(event) => keyDown(event, listId)}
            />
            {loading && open ? <Spinner label="" /> : value !== null && !frame.required && !frame.disabledReason
              ? <IconButton icon="close" size="small" label={text("ui.field.clear")} onClick={() => { choose(null); input.current?.focus(); }} />
              : <Icon name="chevron-down" />}
            {open && (
              <Floating anchor={box} matchWidth className="ui-listbox">
                <div id={listId} role="listbox" aria-labelledby={labelId} aria-busy={loading}>
                  {found.map((option, index) => (
                    <div
                      key={option.value} id={`${listId}-${index}`} role="option" aria-selected={option.value === value}
                      className={classes("ui-option", index === at && "ui-option-active")}
                      // Pressing must not take the focus out of the field, which would close the list before the click.
                      onMouseDown={(event) => event.preventDefault()}
                      onClick={() => choose(option)}
                      onPointerMove={() => setActive(index)}
                    >
                      <span>{option.label}{option.hint && <span className="ui-option-hint">{option.hint}</span>}</span>
                      {option.value === value && <Icon name="check" />}
                    </div>
                  ))}
                </div>
                {found.length === 0 && (
                  <div className="ui-option-note" role="status">{text(loading ? "ui.loading" : failed ? "ui.options.failed" : "ui.options.none")}</div>
                )}
              </Floating>
            )}
          </div>
        );
      }}
    </Field>
  );
}
