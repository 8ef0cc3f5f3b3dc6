import { useRef } from "react";
import { Problem } from "../../shared/api/Problem";
import { problemText } from "../../shared/api/problemText";
import { hasText, text, useLocalization } from "../../shared/localization";
import { type FieldProblem, type FormOptions, type FormState, useForm } from "../../shared/ui";

/** What is wrong with one field. The server's own words are English, and only for those who read that. */
export function fieldText(wrong: FieldProblem, language: string): string {
  if (language !== "en") return text("problems.invalid_field");
  return `${wrong.message.charAt(0).toUpperCase()}${wrong.message.slice(1)}.`;
}

/** A form whose refusals are problem documents. */
export function useApiForm<Values extends object>(options: FormOptions<Values>): FormState<Values> {
  const { language } = useLocalization();
  const refusal = useRef<Problem>();
  return useForm<Values>({
    explain: (error) => problemText(Problem.from(error)),
    explainField: (wrong) => {
      const { current: problem } = refusal;
      const isOne = problem?.document.errors?.length === 1 && !problem.code.startsWith("invalid_field");
      return isOne && hasText(`problems.${problem.code}`) ? problemText(problem) : fieldText(wrong, language);
    },
    ...options,
    submit: async (values) => {
      try {
        return await options.submit(values);
      } catch (error) {
        refusal.current = Problem.from(error);
        throw error;
      }
    },
  });
}

export const explain = (error: unknown): string => problemText(Problem.from(error));

/** For tables and states of the design system. */
export const shownProblem = (problem: Problem | undefined): { message: string; requestId: string | null } | undefined =>
  problem && { message: problemText(problem), requestId: problem.requestId };
