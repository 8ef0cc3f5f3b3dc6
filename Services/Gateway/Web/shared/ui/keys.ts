/** Where a key moves the active one of `count` items, or nothing if it does not move. */
export function moved(key: string, at: number, count: number, page: number): number | undefined {
  if (count === 0) return undefined;
  const last = count - 1;
  switch (key) {
    case "ArrowDown": case "j": return Math.min(last, at + 1);
    case "ArrowUp": case "k": return Math.max(0, at - 1);
    case "PageDown": return Math.min(last, at + page);
    case "PageUp": return Math.max(0, at - page);
    case "Home": return 0;
    case "End": return last;
    default: return undefined;
  }
}

/** Whether an event comes from a link, a button or a field inside `around`, which acts by itself. */
export function isControl(target: EventTarget, around: Element): boolean {
  const control = target instanceof Element ? target.closest("a, button, input, select, textarea, label, [role=menuitem]") : null;
  return control !== null && control !== around && around.contains(control);
}

/** In a right-to-left text the arrow that points to the end of the line is the left one. */
export function arrow(key: string, element: Element): "next" | "previous" | undefined {
  const rightToLeft = getComputedStyle(element).direction === "rtl";
  if (key === "ArrowRight") return rightToLeft ? "previous" : "next";
  if (key === "ArrowLeft") return rightToLeft ? "next" : "previous";
  return undefined;
}
