import { useCallback, useRef } from "react";

/** Selection over rows by their keys: one, a range from the last one touched, or all. */
export function useSelection(
  keys: (index: number) => string | undefined,
  count: number,
  selected: ReadonlySet<string>,
  onSelect: ((selected: ReadonlySet<string>) => void) | undefined,
) {
  const anchor = useRef(0);
  const now = useRef({ keys, count, selected, onSelect });
  now.current = { keys, count, selected, onSelect };

  const toggle = useCallback((index: number, extend: boolean) => {
    const { keys, selected, onSelect } = now.current;
    const key = keys(index);
    if (!onSelect || key === undefined) return;
    const next = new Set(selected);
    if (extend) {
      for (let at = Math.min(anchor.current, index); at <= Math.max(anchor.current, index); at += 1) {
        const between = keys(at);
        if (between !== undefined) next.add(between);
      }
    } else {
      if (!next.delete(key)) next.add(key);
      anchor.current = index;
    }
    onSelect(next);
  }, []);

  const all = useCallback((on: boolean) => {
    const { keys, count, onSelect } = now.current;
    const next = new Set<string>();
    for (let at = 0; on && at < count; at += 1) {
      const key = keys(at);
      if (key !== undefined) next.add(key);
    }
    onSelect?.(next);
  }, []);

  return { toggle, all };
}
