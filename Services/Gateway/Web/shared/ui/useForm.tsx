import { createContext, type FormEvent, type ReactNode, useCallback, useContext, useEffect, useRef, useState } from "react";
import { useLeaveGuard } from "../router";
import { Banner } from "./Banner";
import { classes } from "./classes";

export interface FormOptions<Values extends object> {
  initial: Values;
  /** Sends the values. What it throws is shown: a problem document's `errors` at their fields, the rest above the form. */
  submit: (values: Values) => Promise<unknown>;
  /** What can be told without the server. */
  check?: (values: Values) => Partial<Record<keyof Values & string, string>>;
  /** The words for what was thrown; its `message` unless said. */
  explain?: (error: unknown) => string;
  /** The words for one field's error; its `message` unless said. */
  explainField?: (error: FieldProblem) => string;
}

export interface FieldProblem { field: string; message: string; code?: string; parameters?: { [name: string]: string } | null }

export interface FormState<Values extends object> {
  values: Values;
  set: (changes: Partial<Values>) => void;
  /** `name`, `value`, `onChange` and `error` for a field. */
  field: <Name extends keyof Values & string>(name: Name) => FieldBinding<Values, Name>;
  isDirty: boolean;
  busy: boolean;
  /** What is wrong with the whole, or with a field that the form does not have. */
  problem: string | undefined;
  send: () => Promise<void>;
  /** Takes these values as what is saved. */
  reset: (values?: Values) => void;
  element: React.RefObject<HTMLFormElement>;
}

export interface FieldBinding<Values, Name extends keyof Values> {
  name: Name;
  value: Values[Name];
  onChange: (value: Values[Name]) => void;
  error: string | undefined;
}

/** A form's values and what is wrong with them. On failure everything typed stays, and the first wrong field takes the focus. */
export function useForm<Values extends object>(options: FormOptions<Values>): FormState<Values> {
  const [initial, setInitial] = useState(options.initial);
  const [values, setValues] = useState(options.initial);
  const [errors, setErrors] = useState<Record<string, string>>({});
  const [problem, setProblem] = useState<string>();
  const [busy, setBusy] = useState(false);
  const [refused, setRefused] = useState(0);
  const element = useRef<HTMLFormElement>(null);
  const latest = useRef({ options, values, busy });
  latest.current = { options, values, busy };

  const isDirty = !same(values, initial);
  useLeaveGuard(isDirty && !busy);

  useEffect(() => {
    if (refused === 0) return;
    const wrong = element.current?.querySelector<HTMLElement>("[aria-invalid=true]") ?? element.current?.querySelector<HTMLElement>(".ui-form-problem");
    wrong?.focus();
  }, [refused]);

  const set = useCallback((changes: Partial<Values>) => {
    setValues((now) => ({ ...now, ...changes }));
    setErrors((now) => Object.fromEntries(Object.entries(now).filter(([name]) => !(name in changes))));
  }, []);

  const refuse = (byField: Record<string, string>, whole: string | undefined) => {
    setErrors(byField);
    setProblem(whole);
    setRefused((count) => count + 1);
  };

  const send = useCallback(async () => {
    const { options, values, busy } = latest.current;
    if (busy) return;
    const own = Object.entries(options.check?.(values) ?? {}).filter(([, words]) => words);
    if (own.length > 0) return refuse(Object.fromEntries(own) as Record<string, string>, undefined);
    setBusy(true);
    setProblem(undefined);
    setErrors({});
    try {
      await options.submit(values);
      setInitial(values);
    } catch (error) {
      const explain = options.explain ?? ((thrown) => (thrown instanceof Error ? thrown.message : String(thrown)));
      const byField: Record<string, string> = {};
      const rest: string[] = [];
      for (const wrong of fieldProblems(error)) {
        const words = options.explainField?.(wrong) ?? wrong.message;
        // `tasks[2].title` belongs to the field `tasks` if the form has no nearer one.
        const name = [wrong.field, wrong.field.split(/[.[]/)[0] ?? ""].find((candidate) => candidate in values);
        if (name !== undefined && element.current?.querySelector(`[data-field="${CSS.escape(name)}"]`)) byField[name] ??= words;
        else rest.push(words);
      }
      const isPlaced = Object.keys(byField).length > 0 && rest.length === 0;
      refuse(byField, isPlaced ? undefined : rest.length > 0 ? rest.join(" ") : explain(error));
    } finally {
      setBusy(false);
    }
  }, []);

  return {
    values, set, isDirty, busy, problem, send, element,
    field: (name) => ({ name, value: values[name], error: errors[name], onChange: (value) => set({ [name]: value } as unknown as Partial<Values>) }),
    reset: (next = initial) => { setInitial(next); setValues(next); setErrors({}); setProblem(undefined); },
  };
}

function fieldProblems(error: unknown): FieldProblem[] {
  const thrown = (error ?? {}) as { errors?: unknown; document?: { errors?: unknown } };
  const list = thrown.document?.errors ?? thrown.errors;
  return Array.isArray(list) ? list.filter((entry): entry is FieldProblem => typeof (entry as FieldProblem | null)?.field === "string") : [];
}

/** Values are plain data: text, numbers, lists. */
const same = (one: unknown, other: unknown): boolean => one === other || JSON.stringify(one) === JSON.stringify(other);

export interface FormProps<Values extends object> {
  form: FormState<Values>;
  label?: string;
  /** For a button elsewhere that sends it, as in the foot of a dialog: `type="submit" form={id}`. */
  id?: string;
  className?: string;
  children: ReactNode;
}

/** What a form says while it waits for its answer; `null` if there is nothing to say. */
export const FormNotice = createContext<string | null>(null);

/** The frame of a form. Enter sends, as does a button of type `submit` in it. */
export function Form<Values extends object>({ form, label, id, className, children }: FormProps<Values>) {
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void form.send();
  };
  const notice = useContext(FormNotice);
  return (
    <form ref={form.element} {...(id === undefined ? {} : { id })} className={classes("ui-form", className)} aria-label={label} noValidate onSubmit={submit}>
      {form.problem && <div className="ui-form-problem" tabIndex={-1}><Banner tone="danger">{form.problem}</Banner></div>}
      {form.busy && notice && <Banner tone="warning" icon="offline">{notice}</Banner>}
      {children}
    </form>
  );
}
