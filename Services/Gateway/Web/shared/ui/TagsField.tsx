import { type KeyboardEvent, useRef, useState } from "react";
import { useText } from "../localization";
import { Field, type FieldProps } from "./Field";
import { IconButton } from "./IconButton";

export interface TagsFieldProps extends FieldProps<string[]> {
  suggestions?: readonly string[];
  placeholder?: string;
}

/** Several short words. Enter or a comma adds one, Backspace in an empty field takes the last one away. */
export function TagsField({ value, onChange, suggestions, placeholder, ...frame }: TagsFieldProps) {
  const text = useText();
  const [typed, setTyped] = useState("");
  const input = useRef<HTMLInputElement>(null);
  const add = (words: string) => {
    const fresh = words.split(",").map((word) => word.trim()).filter((word) => word !== "" && !value.includes(word));
    setTyped("");
    if (fresh.length > 0) onChange([...value, ...new Set(fresh)]);
  };
  const keyDown = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return;
    if ((event.key === "Enter" && typed !== "") || event.key === ",") {
      event.preventDefault();
      add(typed);
    } else if (event.key === "Backspace" && typed === "") onChange(value.slice(0, -1));
  };
  return (
    <Field {...frame}>
      {(attributes) => (
        <div className="ui-input ui-tags">
          {value.map((tag) => (
            <span key={tag} className="ui-tag">
              <span className="truncate">{tag}</span>
              {!frame.disabledReason && (
                <IconButton icon="close" size="small" label={text("ui.tags.remove", { tag })} onClick={() => { onChange(value.filter((other) => other !== tag)); input.current?.focus(); }} />
              )}
            </span>
          ))}
          <input
            {...attributes} ref={input} value={typed} placeholder={value.length === 0 ? placeholder : undefined} autoComplete="off"
            list={suggestions ? `${attributes.id}-list` : undefined}
            onChange={(event) => setTyped(event.target.value)} onKeyDown={keyDown} onBlur={() => add(typed)}
          />
          {suggestions && <datalist id={`${attributes.id}-list`}>{suggestions.filter((one) => !value.includes(one)).map((one) => <option key={one} value={one} />)}</datalist>}
        </div>
      )}
    </Field>
  );
}
