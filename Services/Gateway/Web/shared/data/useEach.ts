import { useEffect, useMemo, useSyncExternalStore } from "react";
import type { Input, Operation } from ".";
import { cache, type Reading } from "./cache";

/** The same read for each of several things, in their order: what `useData` is for one. */
export function useEach<K extends Operation>(operation: K, inputs: readonly Input<K>[]): readonly Reading<K>[] {
  const key = JSON.stringify(inputs);
  const entries = useMemo(() => inputs.map((input) => cache.entry(operation, input)), [operation, key]);
  useEffect(() => {
    const ends = entries.map((entry) => entry.watch());
    return () => ends.forEach((end) => end());
  }, [entries]);
  const store = useMemo(() => {
    let last: readonly Reading<K>[] = [];
    return {
      watch: (draw: () => void) => {
        const ends = entries.map(({ state }) => state.watch(draw));
        return () => ends.forEach((end) => end());
      },
      get: () => {
        const now = entries.map(({ state }) => state.get());
        // React draws again whenever it is another list.
        if (now.length !== last.length || now.some((one, at) => one !== last[at])) last = now;
        return last;
      },
    };
  }, [entries]);
  return useSyncExternalStore(store.watch, store.get);
}
