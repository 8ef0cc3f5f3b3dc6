import { type RefObject, useEffect, useState } from "react";

/** Whether the element itself, not the window, is narrower than a phone held upright. */
export function useNarrow(element: RefObject<HTMLElement>, below = 560): boolean {
  const [narrow, setNarrow] = useState(() => window.innerWidth < below);
  useEffect(() => {
    if (!element.current) return;
    const watcher = new ResizeObserver((entries) => {
      const width = entries[0]?.contentRect.width;
      if (width) setNarrow(width < below);
    });
    watcher.observe(element.current);
    return () => watcher.disconnect();
  }, [element, below]);
  return narrow;
}
