import type { HTMLInputTypeAttribute } from "react";
import { useText } from "../localization";
import { classes } from "./classes";
import { Field, type FieldProps } from "./Field";
import { Icon } from "./Icon";
import { IconButton } from "./IconButton";
import type { IconName } from "./icons";

export interface TextFieldProps extends FieldProps<string> {
  type?: Extract<HTMLInputTypeAttribute, "text" | "email" | "password" | "url" | "tel" | "date">;
  placeholder?: string;
  icon?: IconName;
  maxLength?: number;
  autoComplete?: string;
  autoFocus?: boolean;
  inputMode?: "text" | "numeric" | "decimal" | "email";
  /** What is often written here. */
  suggestions?: readonly string[];
}

export function TextField({ value, onChange, type = "text", placeholder, icon, maxLength, autoComplete = "off", autoFocus, inputMode, suggestions, ...frame }: TextFieldProps) {
  return (
    <Field {...frame}>
      {(attributes) => (
        <div className="ui-input ui-input-group">
          {icon && <Icon name={icon} />}
          <input
            {...attributes}
            type={type} value={value} placeholder={placeholder} maxLength={maxLength} autoComplete={autoComplete}
            autoFocus={autoFocus} inputMode={inputMode} spellCheck={false} list={suggestions && `${attributes.id}-list`}
            onChange={(event) => onChange(event.target.value)}
          />
          {suggestions && <datalist id={`${attributes.id}-list`}>{suggestions.map((one) => <option key={one} value={one} />)}</datalist>}
        </div>
      )}
    </Field>
  );
}

export interface SearchFieldProps { label: string; value: string; onChange: (value: string) => void; placeholder?: string; className?: string }

/** A filter by text; Escape empties it. */
export function SearchField({ label, value, onChange, placeholder, className }: SearchFieldProps) {
  const text = useText();
  return (
    <div className={classes("ui-input ui-input-group ui-search", className)}>
      <Icon name="search" />
      <input
        type="search" value={value} aria-label={label} placeholder={placeholder ?? label} autoComplete="off" spellCheck={false}
        onChange={(event) => onChange(event.target.value)}
        onKeyDown={(event) => {
          if (event.key !== "Escape" || value === "") return;
          event.stopPropagation();
          event.preventDefault();
          onChange("");
        }}
      />
      {value !== "" && <IconButton icon="close" size="small" label={text("ui.field.clear")} onClick={() => onChange("")} />}
    </div>
  );
}

export interface TextAreaProps extends FieldProps<string> {
  rows?: number;
  maxLength?: number;
  placeholder?: string;
  autoFocus?: boolean;
  /** For what machines read, whatever the language. */
  dir?: "ltr";
}

export function TextArea({ value, onChange, rows = 3, maxLength, placeholder, autoFocus, dir, ...frame }: TextAreaProps) {
  return (
    <Field {...frame}>
      {(attributes) => (
        <textarea
          {...attributes} className="ui-input" value={value} rows={rows} maxLength={maxLength} placeholder={placeholder} autoFocus={autoFocus} dir={dir}
          onChange={(event) => onChange(event.target.value)}
        />
      )}
    </Field>
  );
}
