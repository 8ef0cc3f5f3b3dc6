import { useLayoutEffect, useRef, type FocusEvent, type RefObject } from "react";

/** What has the focus when nothing has it. */
const isNowhere = (element: Element | null): boolean => element === null || element === document.body || element.id === "content";

/**
 * The focus stays with a work order that goes to another place: there it is another element, and the one that had the focus is gone.
 *
 * @returns For the element that holds them all; each of them has `data-order`.
 */
export function useKeptFocus(frame: RefObject<HTMLElement>): { onFocusCapture: (event: FocusEvent) => void; onBlurCapture: (event: FocusEvent) => void } {
  const held = useRef<HTMLElement | null>(null);
  useLayoutEffect(() => {
    const before = held.current;
    if (!before || before.isConnected || !isNowhere(document.activeElement)) return;
    frame.current?.querySelector<HTMLElement>(`[data-order="${CSS.escape(before.dataset["order"] ?? "")}"]`)?.focus();
  });
  return {
    onFocusCapture: ({ target }) => { held.current = target.closest<HTMLElement>("[data-order]"); },
    onBlurCapture: ({ relatedTarget }) => {
      // A dialog about it gives the focus back.
      const isInDialog = relatedTarget instanceof Element && relatedTarget.closest("dialog") !== null;
      if (held.current?.isConnected && !isInDialog) held.current = null;
    },
  };
}
