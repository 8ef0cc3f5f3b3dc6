import { explain, explainField } from "../../shared/api/explain";
import type { Problem } from "../../shared/api/Problem";
import { problemText } from "../../shared/api/problemText";
import { type FormOptions, type FormState, useForm } from "../../shared/ui";

export { explain } from "../../shared/api/explain";

/** A form whose refusals are problem documents. */
export function useApiForm<Values extends object>(options: FormOptions<Values>): FormState<Values> {
  return useForm<Values>({ explain, explainField, ...options });
}

/** For tables and states of the design system. */
export const shownProblem = (problem: Problem | undefined): { message: string; requestId: string | null } | undefined =>
  problem && { message: problemText(problem), requestId: problem.requestId };
