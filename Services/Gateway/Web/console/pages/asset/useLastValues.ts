import { useEffect, useState } from "react";
import { call, type Answer } from "../../../shared/api/call";
import { Problem } from "../../../shared/data";
import { useNow } from "./useNow";

/** The last value of every tag of an asset, read again every ten seconds: there are no live messages of readings. */
export function useLastValues(id: string) {
  const [values, setValues] = useState<Answer<"GET /api/v1/assets/{id}/telemetry/latest">["items"]>();
  const [problem, setProblem] = useState<Problem>();
  const now = useNow(10_000);
  useEffect(() => {
    const abort = new AbortController();
    call("GET /api/v1/assets/{id}/telemetry/latest", { path: { id } }, { signal: abort.signal })
      .then(({ items }) => {
        if (abort.signal.aborted) return;
        setValues(items);
        setProblem(undefined);
      })
      .catch((error) => {
        if (!abort.signal.aborted) setProblem(Problem.from(error));
      });
    return () => abort.abort();
  }, [id, now]);
  return { values, problem, now };
}
