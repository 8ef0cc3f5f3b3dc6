import { type RefObject, useEffect, useRef } from "react";

/** Closes something open on Escape (the focus goes back) and on a press outside of it. */
export function useDismiss(open: boolean, inside: readonly RefObject<HTMLElement>[], close: (refocus: boolean) => void): void {
  const latest = useRef({ inside, close });
  latest.current = { inside, close };
  useEffect(() => {
    if (!open) return;
    const press = (event: Event) => {
      if (!latest.current.inside.some((box) => box.current?.contains(event.target as Node))) latest.current.close(false);
    };
    const escape = (event: KeyboardEvent) => {
      if (event.key !== "Escape") return;
      event.preventDefault();
      event.stopPropagation();
      latest.current.close(true);
    };
    // A popup at the end of the document is reached at once, not after the whole page.
    latest.current.inside[1]?.current?.querySelector<HTMLElement>("input, button, select")?.focus();
    document.addEventListener("pointerdown", press, true);
    document.addEventListener("keydown", escape, true);
    return () => {
      document.removeEventListener("pointerdown", press, true);
      document.removeEventListener("keydown", escape, true);
    };
  }, [open]);
}
