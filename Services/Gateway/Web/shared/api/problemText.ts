import { hasText, text } from "../localization";
import type { Problem } from "./Problem";

/**
 * What a person reads of a problem, in their language.
 *
 * The code chooses the text. What the server wrote is English, and is shown only to those who read English.
 */
export function problemText(problem: Problem): string {
  const key = `problems.${problem.code}`;
  const { document } = problem;
  if (hasText(key)) {
    return text(key, {
      permission: document.permission ?? "",
      condition: document.condition ?? "",
      detail: document.detail,
      version: document.currentVersion ?? "",
    });
  }
  return text("problems.other", { code: problem.code });
}
