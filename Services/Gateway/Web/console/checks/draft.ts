import type { AddTask, ChangeTask, NewCheck, NewTask, PlannedTask, TaskCheck, TaskResponse } from "generated/api";
import type { TextKey } from "../../shared/localization";
import { unreadable } from "../../shared/ui";
import { canFail, compareDecimals, isDecimal, type Kind } from "./check";

/** A check as its form has it: what belongs to another kind is kept until the form is sent. */
export interface CheckDraft {
  kind: Kind | "none";
  passes: "yes" | "no" | "either";
  options: string[];
  failing: string[];
  unit: string;
  minimum: string;
  maximum: string;
  meter: string;
  opensFollowUp: boolean;
}

/** A task as its form has it. */
export interface TaskDraft {
  title: string;
  description: string;
  isMandatory: boolean;
  /** The keys of earlier tasks. */
  dependsOn: string[];
  check: CheckDraft;
}

const emptyCheck: CheckDraft = { kind: "none", passes: "yes", options: [], failing: [], unit: "", minimum: "", maximum: "", meter: "", opensFollowUp: true };
export const emptyTask: TaskDraft = { title: "", description: "", isMandatory: false, dependsOn: [], check: emptyCheck };

export function draftOf(task: TaskResponse | PlannedTask, dependsOn: string[]): TaskDraft {
  const { title, description, isMandatory, check, opensFollowUp } = task;
  return { title, description: description ?? "", isMandatory, dependsOn, check: check ? checkDraftOf(check, opensFollowUp) : emptyCheck };
}

const checkDraftOf = ({ kind, passes, options, failing, unit, minimum, maximum, meter }: TaskCheck, opensFollowUp: boolean): CheckDraft => ({
  kind, options, failing, opensFollowUp, passes: typeof passes === "boolean" ? (passes ? "yes" : "no") : "either",
  unit: unit ?? "", minimum: minimum ?? "", maximum: maximum ?? "", meter: meter ?? "",
});

/** The check that a draft asks for, as it is kept; `null`: none. */
export function asked({ kind, passes, options, failing, unit, minimum, maximum, meter }: CheckDraft): TaskCheck | null {
  const given = { unit: unit.trim() || null, minimum: minimum || null, maximum: maximum || null };
  switch (kind) {
    case "none": return null;
    case "yes_no": return { kind, options: [], failing: [], passes: passes === "either" ? null : passes === "yes" };
    case "choice": return { kind, options, failing: failing.filter((one) => options.includes(one)) };
    case "number": return { kind, options: [], failing: [], ...given };
    case "meter": return { kind, options: [], failing: [], unit: given.unit, meter: meter.trim() || null };
    case "text":
    case "photo":
    case "signature": return { kind, options: [], failing: [] };
  }
}

/** The same as the API takes it: members of other kinds are not there at all. */
function newCheck(draft: CheckDraft): NewCheck | null {
  const check = asked(draft);
  if (!check) return null;
  const { kind, options, failing, ...rest } = check;
  const given = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== null && value !== undefined));
  return { kind, ...(kind === "choice" ? { options, failing } : {}), ...given };
}

const followUpOf = (draft: CheckDraft) => (draft.kind === "none" ? {} : { opensFollowUp: draft.opensFollowUp });

export const newTaskOf = ({ title, description, isMandatory, check }: TaskDraft): Omit<NewTask, "after"> => ({
  title: title.trim(), isMandatory, check: newCheck(check), ...(description.trim() === "" ? {} : { description: description.trim() }), ...followUpOf(check),
});

export const additionOf = (draft: TaskDraft): AddTask => ({ ...newTaskOf(draft), dependsOn: draft.dependsOn });

/** Only what was changed is sent. */
export const changeOf = ({ title, description, isMandatory, dependsOn, check }: Partial<TaskDraft>): ChangeTask => ({
  ...(title === undefined ? {} : { title: title.trim() }),
  ...(description === undefined ? {} : { description: description.trim() || null }),
  ...(isMandatory === undefined ? {} : { isMandatory }),
  ...(dependsOn === undefined ? {} : { dependsOn }),
  ...(check === undefined ? {} : { check: newCheck(check), ...followUpOf(check) }),
});

export type CheckFaults = { [Part in "options" | "failing" | "unit" | "minimum" | "maximum" | "meter"]?: TextKey };

/** What is wrong with a check, as far as the page can tell. */
export function faultsOf({ kind, options, failing, unit, minimum, maximum, meter }: CheckDraft): CheckFaults {
  const isWrong = (value: string) => value !== "" && !isDecimal(value);
  const wrongNumber = (value: string): TextKey => (value === unreadable ? "ui.field.notNumber" : "rules.not_a_decimal");
  if (kind === "choice") {
    if (options.length < 2) return { options: "orders.check.options_few" };
    return options.every((one) => failing.includes(one)) ? { failing: "rules.no_option_passes" } : {};
  }
  if (kind === "meter") return { ...(meter.trim() ? {} : { meter: "admin.needed" as const }), ...(unit.trim() ? {} : { unit: "admin.needed" as const }) };
  if (kind !== "number") return {};
  if (isWrong(minimum)) return { minimum: wrongNumber(minimum) };
  if (isWrong(maximum)) return { maximum: wrongNumber(maximum) };
  return minimum && maximum && compareDecimals(minimum, maximum) > 0 ? { maximum: "rules.below_minimum" } : {};
}

/** What is wrong with a task, for its form. */
export function taskFaults({ title, check }: TaskDraft): { title?: TextKey; check?: TextKey } {
  const [fault] = Object.values(faultsOf(check));
  return { ...(title.trim() === "" ? { title: "orders.new.title_missing" as const } : {}), ...(fault ? { check: fault } : {}) };
}

export const mayFail = (draft: CheckDraft): boolean => {
  const check = asked(draft);
  return check !== null && canFail(check);
};
