import { useState } from "react";
import { explain, explainField } from "../../../shared/api/explain";
import { Problem } from "../../../shared/data";
import { useForm, type DiffChoice, type FormState } from "../../../shared/ui";

interface EditOptions<Found extends { version: number }, Values extends object> {
  record: Found;
  valuesOf: (record: Found) => Values;
  /** Reads the record as it is now. */
  read: () => Promise<Found>;
  /** Sends what has been changed, and nothing else. */
  send: (changes: Partial<Values>, version: number) => Promise<unknown>;
  check?: (values: Values) => Partial<Record<keyof Values & string, string>>;
  done: (values: Values) => void;
}

export interface Edit<Values extends object> {
  form: FormState<Values>;
  /** What both have changed, after somebody else was faster. */
  conflict: { theirs: Values; fields: (keyof Values & string)[] } | undefined;
  choices: Readonly<Record<string, DiffChoice>>;
  choose: (field: string, choice: DiffChoice) => void;
}

const isSame = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other);

/** Changes a record. If somebody else was faster, what they changed alone is taken over, and for what both changed the person chooses. */
export function useEdit<Found extends { version: number }, Values extends object>(options: EditOptions<Found, Values>): Edit<Values> {
  const { valuesOf, read, send, done } = options;
  // What the form began with: a change by somebody else in the meantime must not become part of ours.
  const [base, setBase] = useState(options.record);
  const [conflict, setConflict] = useState<Edit<Values>["conflict"]>();
  const [choices, setChoices] = useState<Record<string, DiffChoice>>({});

  const save = async (values: Values, before: Found): Promise<void> => {
    const old = valuesOf(before);
    const names = Object.keys(old) as (keyof Values & string)[];
    const changed = names.filter((name) => !isSame(values[name], old[name]));
    const only = (list: typeof names, from: Values) => Object.fromEntries(list.map((name) => [name, from[name]])) as Partial<Values>;
    if (changed.length === 0) return done(values);
    try {
      await send(only(changed, values), before.version);
    } catch (error) {
      if (Problem.from(error).code !== "stale_version") throw error;
      const now = await read();
      const theirs = valuesOf(now);
      const untouched = only(names.filter((name) => !changed.includes(name)), theirs);
      setBase(now);
      form.set(untouched);
      const fields = changed.filter((name) => !isSame(theirs[name], old[name]) && !isSame(theirs[name], values[name]));
      if (fields.length === 0) return save({ ...values, ...untouched }, now);
      setChoices({});
      setConflict({ theirs, fields });
      throw error;
    }
    done(values);
  };
  const form: FormState<Values> = useForm<Values>({
    initial: valuesOf(options.record),
    ...(options.check ? { check: options.check } : {}),
    submit: (values) => {
      const taken = conflict ? Object.fromEntries(conflict.fields.filter((name) => choices[name] === "theirs").map((name) => [name, conflict.theirs[name]])) : {};
      return save({ ...values, ...taken }, base);
    },
    explain,
    explainField,
  });
  return { form, conflict, choices, choose: (field, choice) => setChoices({ ...choices, [field]: choice }) };
}
