import { hasText, text } from "../localization";
import { Problem } from "./Problem";
import { problemText } from "./problemText";
import { valuesOf } from "./values";

/** For `useForm` and `ConfirmDialog`: the words for what was thrown. */
export const explain = (error: unknown): string => problemText(Problem.from(error));

/** For `useForm`: the words for one wrong field. A rule whose problem has the same code has one text for both. */
export function explainField({ code = "", parameters }: { code?: string; parameters?: { [name: string]: string } | null }): string {
  const key = [`rules.${code}`, `problems.${code}`].find(hasText) ?? "problems.invalid_field";
  return text(key, valuesOf(parameters));
}
