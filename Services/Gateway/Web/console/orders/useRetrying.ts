import { useCallback, useState } from "react";
import { useText } from "../../shared/localization";

/** Says, while something is tried again, that it is; for the `onRetry` of a change. */
export function useRetrying(): { words: string | null; onRetry: (failed: number, milliseconds: number) => void; settle: () => void } {
  const text = useText();
  const [seconds, setSeconds] = useState<number | null>(null);
  const onRetry = useCallback((_: number, milliseconds: number) => setSeconds(Math.max(1, Math.round(milliseconds / 1000))), []);
  const settle = useCallback(() => setSeconds(null), []);
  return { words: seconds === null ? null : text("app.retrying", { count: seconds }), onRetry, settle };
}
