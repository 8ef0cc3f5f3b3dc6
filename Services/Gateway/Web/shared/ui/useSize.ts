import { type RefObject, useLayoutEffect, useState } from "react";

/** The width of an element, followed. */
export function useSize(element: RefObject<HTMLElement>): number {
  const [width, setWidth] = useState(0);
  useLayoutEffect(() => {
    if (!element.current) return;
    setWidth(element.current.clientWidth);
    const watcher = new ResizeObserver(() => setWidth(element.current?.clientWidth ?? 0));
    watcher.observe(element.current);
    return () => watcher.disconnect();
  }, [element]);
  return width;
}
