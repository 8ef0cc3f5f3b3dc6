import { useText } from "../../shared/localization";
import { Combobox, Field, IconButton, type FieldProps, type Option, type OptionSource } from "../../shared/ui";

interface PickManyProps extends FieldProps<string[]> {
  /** All of them, or a function that finds them. */
  options: OptionSource;
  /** Names of those that are chosen, if `options` finds only some. */
  known?: readonly Option[];
  placeholder?: string;
}

/** Several of many: those that are chosen, and a field to find one more. */
export function PickMany({ value, onChange, options, known, placeholder, ...frame }: PickManyProps) {
  const text = useText();
  const names = [...(known ?? []), ...(typeof options === "function" ? [] : options)];
  const nameOf = (one: string) => names.find((option) => option.value === one)?.label ?? one;
  const rest: OptionSource = typeof options === "function" ? options : options.filter((option) => !value.includes(option.value));
  return (
    <Field {...frame} group>
      {() => (
        <div className="stack-tight">
          {value.length > 0 && (
            <ul className="admin-picked">
              {value.map((one) => (
                <li key={one} className="ui-tag">
                  <span className="truncate">{nameOf(one)}</span>
                  {!frame.disabledReason && (
                    <IconButton icon="close" size="small" label={text("ui.tags.remove", { tag: nameOf(one) })} onClick={() => onChange(value.filter((other) => other !== one))} />
                  )}
                </li>
              ))}
            </ul>
          )}
          {!frame.disabledReason && (
            <Combobox
              key={value.length} label={text("admin.pick.add", { what: frame.label })} hideLabel value={null} options={rest} placeholder={placeholder ?? text("admin.pick.placeholder")}
              onChange={(one) => { if (one !== null && !value.includes(one)) onChange([...value, one]); }}
            />
          )}
        </div>
      )}
    </Field>
  );
}
