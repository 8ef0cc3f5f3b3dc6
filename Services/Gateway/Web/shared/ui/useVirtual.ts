import { type RefObject, useCallback, useEffect, useLayoutEffect, useState } from "react";
import { flushSync } from "react-dom";

export interface Virtual {
  first: number;
  /** One after the last row that is drawn. */
  last: number;
  rowHeight: number;
  height: number;
  reveal: (index: number) => void;
}

const beyond = 10;
/** The window moves in steps, so that not every scrolled pixel draws. */
const step = 4;

/** Heights are given for the base size of 14 px and grow with the reader's own; fingers get higher rows. */
export function scaledHeight(height: number): number {
  const scale = parseFloat(getComputedStyle(document.documentElement).fontSize) / 14 || 1;
  const atLeast = window.matchMedia("(pointer: coarse)").matches ? 44 : 0;
  return Math.round(Math.max(height * scale, atLeast));
}

/** Which rows of a long list are near enough to be drawn. `head` pixels at the top are covered by a sticky header. */
export function useVirtual(scroller: RefObject<HTMLElement>, count: number, rowHeight: number, head = 0): Virtual {
  const [range, setRange] = useState({ first: 0, last: Math.min(count, 40) });

  const measure = useCallback(() => {
    const element = scroller.current;
    if (!element) return;
    const top = Math.floor(element.scrollTop / rowHeight);
    const seen = Math.ceil(element.clientHeight / rowHeight);
    const first = Math.max(0, Math.floor((top - beyond) / step) * step);
    const last = Math.min(count, Math.ceil((top + seen + beyond) / step) * step);
    setRange((now) => (now.first === first && now.last === last ? now : { first, last }));
  }, [scroller, count, rowHeight]);

  useLayoutEffect(measure, [measure]);
  useEffect(() => {
    const element = scroller.current;
    if (!element) return;
    // Drawn within the same frame as the scrolling: otherwise a fast scroll shows an empty list for a moment.
    const onScroll = () => flushSync(measure);
    const watcher = new ResizeObserver(measure);
    watcher.observe(element);
    element.addEventListener("scroll", onScroll, { passive: true });
    return () => {
      watcher.disconnect();
      element.removeEventListener("scroll", onScroll);
    };
  }, [scroller, measure]);

  const reveal = useCallback((index: number) => {
    const element = scroller.current;
    if (!element) return;
    const top = index * rowHeight;
    const seen = element.clientHeight - head;
    if (top < element.scrollTop) element.scrollTop = top;
    else if (top + rowHeight > element.scrollTop + seen) element.scrollTop = top + rowHeight - seen;
  }, [scroller, rowHeight, head]);

  return { first: Math.min(range.first, count), last: Math.min(range.last, count), rowHeight, height: count * rowHeight, reveal };
}
