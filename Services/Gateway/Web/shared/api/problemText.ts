import { hasText, text } from "../localization";
import type { Problem as Document } from "generated/api";
import { valuesOf } from "./values";

/**
 * What a person reads of a problem, in their language.
 *
 * The code chooses the text, and its parameters fill it. What the server wrote is English, and is for programs' logs.
 */
export function problemText(problem: { code: string; document: Pick<Document, "parameters" | "permission" | "condition"> }): string {
  const key = `problems.${problem.code}`;
  if (!hasText(key)) return text("problems.other", { code: problem.code });
  // A daemon of the version before has these beside the parameters only.
  const { permission, condition, parameters } = problem.document;
  return text(key, valuesOf({ permission, condition, ...parameters }));
}
