import { useEffect, useRef, useState } from "react";

/** What was shown last, while the next is on its way: a filter does not empty the page. */
export function useKept<Value>(value: Value | undefined): Value | undefined {
  const kept = useRef(value);
  if (value !== undefined) kept.current = value;
  return kept.current;
}

/** What somebody types, and the same after a pause. */
export function useTyped(value: string, settle: (value: string) => void): [string, (value: string) => void] {
  const [typed, setTyped] = useState(value);
  const latest = useRef(settle);
  latest.current = settle;
  useEffect(() => setTyped(value), [value]);
  useEffect(() => {
    if (typed === value) return;
    const timer = setTimeout(() => latest.current(typed), 250);
    return () => clearTimeout(timer);
  }, [typed, value]);
  return [typed, setTyped];
}
