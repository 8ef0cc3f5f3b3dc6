import { type RefObject, useLayoutEffect, useRef } from "react";

/** Rows that come or go above those in sight do not move these: whoever reads them goes on reading. */
export function useAnchor<Row>(scroller: RefObject<HTMLElement>, rows: readonly Row[], rowKey: (row: Row) => string, rowHeight: number): void {
  const before = useRef(rows);
  useLayoutEffect(() => {
    const element = scroller.current;
    const [old, at] = [before.current, Math.floor((element?.scrollTop ?? 0) / rowHeight)];
    before.current = rows;
    // At the top, what is new is what somebody wants to see.
    if (!element || old === rows || element.scrollTop === 0) return;
    const [first, second] = [old[at], old[at + 1]];
    if (first === undefined || second === undefined) return;
    const next = rows.findIndex((row) => rowKey(row) === rowKey(first));
    const after = rows[next + 1];
    // In another order, there is no place to stay at.
    if (next < 0 || next === at || after === undefined || rowKey(after) !== rowKey(second)) return;
    element.scrollTop += (next - at) * rowHeight;
  }, [rows]);
}
