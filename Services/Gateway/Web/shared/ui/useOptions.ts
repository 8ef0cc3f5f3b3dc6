import { useEffect, useMemo, useState } from "react";
import { ranked } from "./fuzzy";
import type { Option } from "./Select";

export type OptionSource = readonly Option[] | ((query: string, signal: AbortSignal) => Promise<readonly Option[]>);

/** Options that match what is typed. A search waits for a pause in the typing, and an old one never overtakes a new one. */
export function useOptions(source: OptionSource, query: string, enabled: boolean) {
  const [answer, setAnswer] = useState<{ found: readonly Option[]; loading: boolean; failed: boolean }>({ found: [], loading: false, failed: false });
  const near = useMemo(
    () => (typeof source === "function" ? undefined : ranked(source, query, (option) => `${option.label} ${option.hint ?? ""}`).slice(0, 200)),
    [source, query],
  );

  useEffect(() => {
    if (typeof source !== "function" || !enabled) return;
    const abort = new AbortController();
    setAnswer((now) => ({ ...now, loading: true, failed: false }));
    const timer = window.setTimeout(async () => {
      try {
        const found = await source(query, abort.signal);
        if (!abort.signal.aborted) setAnswer({ found, loading: false, failed: false });
      } catch {
        if (!abort.signal.aborted) setAnswer({ found: [], loading: false, failed: true });
      }
    }, query === "" ? 0 : 150);
    return () => {
      window.clearTimeout(timer);
      abort.abort();
    };
  }, [source, query, enabled]);

  return near ? { found: near, loading: false, failed: false } : answer;
}
