import { Field, type FieldProps } from "./Field";
import { Icon } from "./Icon";

export interface Option<Value extends string = string> {
  value: Value;
  label: string;
  /** A second line or a code, for lists that can show it. */
  hint?: string;
  /** The heading of those that follow one another with the same one, where the list can show it. */
  group?: string;
}

export interface SelectProps<Value extends string> extends FieldProps<Value> {
  options: readonly Option<Value>[];
  /** The words for the empty value, if nothing may be chosen. */
  placeholder?: string;
}

/** A few choices: the browser's own list, which phones and screen readers know best. For many, see Combobox. */
export function Select<Value extends string>({ value, onChange, options, placeholder, ...frame }: SelectProps<Value>) {
  return (
    <Field {...frame}>
      {({ readOnly, ...attributes }) => (
        <div className="ui-select">
          <select {...attributes} className="ui-input" value={value} disabled={readOnly} onChange={(event) => onChange(event.target.value as Value)}>
            {placeholder !== undefined && <option value="">{placeholder}</option>}
            {grouped(options).map(([group, members]) => {
              const lines = members.map((option) => <option key={option.value} value={option.value}>{option.label}</option>);
              return group === undefined ? lines : <optgroup key={`group ${group}`} label={group}>{lines}</optgroup>;
            })}
          </select>
          <Icon name="chevron-down" />
        </div>
      )}
    </Field>
  );
}

function grouped<Value extends string>(options: readonly Option<Value>[]): [string | undefined, Option<Value>[]][] {
  const groups: [string | undefined, Option<Value>[]][] = [];
  for (const option of options) {
    const last = groups[groups.length - 1];
    if (last && last[0] === option.group) last[1].push(option);
    else groups.push([option.group, [option]]);
  }
  return groups;
}
