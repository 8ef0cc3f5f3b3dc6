import { type ReactNode, useId } from "react";
import { useText } from "../localization";
import { classes } from "./classes";
import { Icon } from "./Icon";

/** What every field takes. `form.field("name")` of `useForm` gives `name`, `value`, `onChange` and `error`. */
export interface FieldProps<Value> {
  label: string;
  value: Value;
  onChange: (value: Value) => void;
  name?: string;
  hint?: ReactNode;
  error?: string | undefined;
  required?: boolean;
  /** Why it cannot be changed; it stays readable. */
  disabledReason?: string | undefined;
  /** The reason is read with the field, but stands somewhere above for all of them. */
  reasonAbove?: boolean;
  /** The label is read but not shown: for filters in a line. */
  hideLabel?: boolean;
  className?: string;
}

/** Attributes that tie a control to its label, hint and error. */
export interface ControlAttributes {
  id: string;
  name?: string | undefined;
  "aria-describedby"?: string | undefined;
  "aria-invalid"?: true | undefined;
  "aria-required"?: true | undefined;
  readOnly?: boolean | undefined;
}

interface FrameProps extends Omit<FieldProps<unknown>, "value" | "onChange"> {
  /** A group of controls has a legend instead of a label. */
  group?: boolean;
  children: (attributes: ControlAttributes, labelId: string) => ReactNode;
}

/** Label above, control, then the hint and what is wrong. */
export function Field({ label, name, hint, error, required, disabledReason, reasonAbove, hideLabel, className, group, children }: FrameProps) {
  const text = useText();
  const id = useId();
  const words = [hint && `${id}-hint`, disabledReason && `${id}-reason`, error && `${id}-error`].filter(Boolean).join(" ");
  const title = (
    <>
      {label}
      {required === false && <span className="ui-field-optional">{text("ui.field.optional")}</span>}
    </>
  );
  const titleClass = classes("ui-field-label", hideLabel && "visually-hidden");
  const attributes: ControlAttributes = {
    id,
    name,
    "aria-describedby": words || undefined,
    "aria-invalid": error ? true : undefined,
    "aria-required": required ? true : undefined,
    readOnly: Boolean(disabledReason) || undefined,
  };
  return (
    <div className={classes("ui-field", className)} data-field={name} role={group ? "group" : undefined} aria-labelledby={group ? `${id}-label` : undefined} aria-describedby={group && words ? words : undefined}>
      {group ? <span id={`${id}-label`} className={titleClass}>{title}</span> : <label id={`${id}-label`} htmlFor={id} className={titleClass}>{title}</label>}
      {children(attributes, `${id}-label`)}
      {hint && <div id={`${id}-hint`} className="ui-field-hint">{hint}</div>}
      {disabledReason && <div id={`${id}-reason`} className={classes("ui-field-hint", reasonAbove && "visually-hidden")}><Icon name="lock" size={12} />{disabledReason}</div>}
      {error && <div id={`${id}-error`} className="ui-field-error"><Icon name="alert" size={12} />{error}</div>}
    </div>
  );
}
