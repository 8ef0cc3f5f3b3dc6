import { useEffect, useState } from "react";

type Search<Item> = (query: string, signal: AbortSignal) => Promise<readonly Item[]>;

/** What a search finds for what is typed; it waits for a pause in the typing and forgets what is overtaken. */
export function useFound<Item>(search: Search<Item> | undefined, query: string): { found: readonly Item[]; loading: boolean; failed: boolean } {
  const [answer, setAnswer] = useState<{ found: readonly Item[]; loading: boolean; failed: boolean }>({ found: [], loading: false, failed: false });
  const wanted = query.trim();
  useEffect(() => {
    if (!search || wanted === "") return setAnswer({ found: [], loading: false, failed: false });
    const abort = new AbortController();
    setAnswer((now) => ({ ...now, loading: true }));
    const timer = window.setTimeout(() => {
      search(wanted, abort.signal).then(
        (found) => { if (!abort.signal.aborted) setAnswer({ found, loading: false, failed: false }); },
        () => { if (!abort.signal.aborted) setAnswer({ found: [], loading: false, failed: true }); },
      );
    }, 150);
    return () => {
      window.clearTimeout(timer);
      abort.abort();
    };
  }, [search, wanted]);
  return answer;
}
