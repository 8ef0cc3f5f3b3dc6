import { useLayoutEffect, useRef, useState, type KeyboardEvent } from "react";
import { useText } from "../../shared/localization";
import { useUser } from "../../shared/session/session";
import { classes, Field, Floating, useOptions, type FieldProps, type Option } from "../../shared/ui";
import { findPeople, usePeople } from "../people";
import { mentionAt, withMention, type Mention } from "./mentions";

interface MentionFieldProps extends Omit<FieldProps<string>, "onChange"> {
  /** Those who are mentioned already. */
  people: readonly Mention[];
  /** The text, and who was chosen for it just now. */
  onChange: (text: string, person?: Mention) => void;
  rows?: number;
  maxLength: number;
  autoFocus?: boolean;
}

/**
 * A text in which `@` opens a list of people: arrows move, Enter chooses, Escape closes it.
 *
 * It stays a text box for screen readers, since no other role is for a field of several lines: the list is tied to it, and how many there are is said.
 */
export function MentionField({ value, onChange, people, rows = 2, maxLength, autoFocus, ...frame }: MentionFieldProps) {
  const text = useText();
  const self = useUser().id;
  // Who may not read people mentions nobody.
  const { mayRead } = usePeople();
  const input = useRef<HTMLTextAreaElement>(null);
  const [caret, setCaret] = useState(0);
  const [active, setActive] = useState(0);
  /** The `@` at which the list was closed. */
  const [closedAt, setClosedAt] = useState(-1);
  const [goTo, setGoTo] = useState<number>();
  const typed = mayRead ? mentionAt(value, caret, people) : null;
  const isAsked = typed !== null && typed.start !== closedAt;
  const { found: all, loading, failed } = useOptions(findPeople, typed?.words ?? "", isAsked);
  const found = all.filter((option) => option.value !== self);
  const isOpen = isAsked && (loading || failed || found.length > 0);
  const at = Math.min(active, found.length - 1);
  useLayoutEffect(() => {
    if (goTo === undefined) return;
    input.current?.setSelectionRange(goTo, goTo);
    setCaret(goTo);
    setGoTo(undefined);
  }, [goTo]);

  const follow = () => {
    const next = input.current?.selectionStart ?? 0;
    if (next !== caret) setActive(0);
    setCaret(next);
  };
  const choose = ({ value: id, label: name }: Option) => {
    if (!typed) return;
    const next = withMention(value, typed.start, caret, name);
    if (next.text.length > maxLength) return;
    onChange(next.text, { id, name });
    setGoTo(next.caret);
  };
  const keyDown = (event: KeyboardEvent, listId: string) => {
    if (!isOpen || event.nativeEvent.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    const option = found[at];
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      const next = (at + (event.key === "ArrowDown" ? 1 : -1) + found.length) % Math.max(1, found.length);
      setActive(next);
      document.getElementById(`${listId}-${next}`)?.scrollIntoView({ block: "nearest" });
    } else if (event.key === "Enter" && option) choose(option);
    else if (event.key === "Escape") setClosedAt(typed?.start ?? -1);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };

  return (
    <Field {...frame}>
      {(attributes) => {
        const listId = `${attributes.id}-people`;
        return (
          <>
            <textarea
              {...attributes}
              ref={input} className="ui-input" value={value} rows={rows} maxLength={maxLength} autoFocus={autoFocus}
              aria-autocomplete={mayRead ? "list" : undefined} aria-haspopup={mayRead ? "listbox" : undefined} aria-controls={isOpen ? listId : undefined}
              aria-activedescendant={isOpen && found.length > 0 ? `${listId}-${at}` : undefined}
              onChange={(event) => { onChange(event.target.value); setCaret(event.target.selectionStart); setActive(0); }}
              onSelect={follow}
              onBlur={() => setClosedAt(typed?.start ?? -1)}
              onFocus={() => setClosedAt(-1)}
              onKeyDown={(event) => keyDown(event, listId)}
            />
            <span role="status" className="visually-hidden">{isOpen && !loading ? (failed ? text("ui.options.failed") : text("orders.comment.people_found", { count: found.length })) : ""}</span>
            {isOpen && (
              <Floating anchor={input} matchWidth className="ui-listbox comment-people">
                <div id={listId} role="listbox" aria-label={text("orders.comment.people")} aria-busy={loading}>
                  {found.map((option, index) => (
                    <div
                      key={option.value} id={`${listId}-${index}`} role="option" aria-selected={index === at} className={classes("ui-option", index === at && "ui-option-active")}
                      // The focus stays in the text.
                      onMouseDown={(event) => event.preventDefault()} onClick={() => choose(option)} onPointerMove={() => setActive(index)}
                    >
                      <span><bdi>{option.label}</bdi>{option.hint && <span className="ui-option-hint">{option.hint}</span>}</span>
                    </div>
                  ))}
                </div>
                {found.length === 0 && <div className="ui-option-note">{text(failed ? "ui.options.failed" : "ui.loading")}</div>}
              </Floating>
            )}
          </>
        );
      }}
    </Field>
  );
}
