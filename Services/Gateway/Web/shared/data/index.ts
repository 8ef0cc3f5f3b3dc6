import { useEffect, useMemo, useSyncExternalStore } from "react";
import { call, type Answer, type CallOptions, type Input, type Operation } from "../api/call";
import { cache, type Reading } from "./cache";
import { live } from "./live";
import { kindChangedBy, type LiveKind, type LiveRecord } from "./records";

export { Problem } from "../api/Problem";
export type { Answer, Input, Operation } from "../api/call";

export interface Shown<K extends Operation> extends Reading<K> {
  /** Reads again, after a failure. */
  retry: () => void;
  /** Reads the next page of a list. */
  more: () => void;
}

const nothing: Reading<Operation> = { data: undefined, problem: undefined, isLoading: false };
const idle = { watch: () => () => undefined, get: () => nothing };

/**
 * Shows what an operation reads, and keeps it up to date. The same read in several places is one.
 *
 * @param input What it takes; `null` reads nothing yet.
 */
export function useData<K extends Operation>(operation: K, input: Input<K> | null): Shown<K> {
  const entry = input === null ? null : cache.entry(operation, input);
  useEffect(() => entry?.watch(), [entry]);
  const reading = useReading(entry ? entry.state : null) as Reading<K>;
  return useMemo(
    () => ({ ...reading, retry: () => void entry?.read(), more: () => void entry?.readMore() }),
    [reading, entry]
  );
}

function useReading(store: { watch: (f: () => void) => () => void; get: () => unknown } | null): unknown {
  const { watch, get } = store ?? idle;
  return useSyncExternalStore(watch, get);
}

export interface ChangeOptions<K extends Operation> extends CallOptions {
  /** What the page shows at once, as if it were done. It is taken back if the server refuses. */
  foreseen?: { kind: LiveKind; id: string; change: object };
  /** The record that the answer is. */
  kind?: LiveKind;
  /** Further kinds that change with it. */
  also?: string[];
  onDone?: (answer: Answer<K>) => void;
}

/** Changes something, and lets everything that is shown know. Throws a ``Problem`` when it is refused. */
export async function change<K extends Operation>(operation: K, input: Input<K>, options: ChangeOptions<K> = {}): Promise<Answer<K>> {
  const { foreseen } = options;
  const takeBack = foreseen ? cache.foresee(foreseen.kind, foreseen.id, foreseen.change) : () => undefined;
  try {
    const answer = await call(operation, input, options);
    const record = answer as unknown as LiveRecord | undefined;
    const told = options.kind && record?.id ? options.kind : null;
    if (told && record) {
      cache.tell(told, record.id, record);
      live.forget(told, record);
    }
    for (const kind of [kindChangedBy(operation), ...(options.also ?? [])]) cache.expire(kind, kind === told);
    options.onDone?.(answer);
    return answer;
  } catch (error) {
    takeBack();
    throw error;
  }
}
