import { hasText, text } from "../localization";
import { Problem } from "./Problem";
import { problemText } from "./problemText";

/** For `useForm` and `ConfirmDialog`: the words for what was thrown. */
export const explain = (error: unknown): string => problemText(Problem.from(error));

/** For `useForm`: the words for one wrong field, if the call went through `coded`. */
export function explainField({ code }: { code?: string }): string {
  const key = `problems.${code ?? "invalid_field"}`;
  return text(hasText(key) ? key : "problems.invalid_field");
}

/** Gives a wrong field the code of its problem, which chooses its words; with several wrong fields, nobody knows whose code it is. */
export async function coded<Result>(call: Promise<Result>): Promise<Result> {
  try {
    return await call;
  } catch (error) {
    const problem = Problem.from(error);
    const { errors, code } = problem.document;
    if (errors?.length !== 1) throw problem;
    throw new Problem({ ...problem.document, errors: errors.map((one) => ({ ...one, code })) }, problem.retryAfter);
  }
}
