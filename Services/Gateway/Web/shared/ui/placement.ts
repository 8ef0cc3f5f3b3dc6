export type Placement = "bottom-start" | "bottom-end" | "top" | "bottom";

const gap = 4;
const edge = 8;

/** Where a box of that size goes: on the wished side, or on the other one if only there it fits; never outside the window. */
export function place(anchor: DOMRect, width: number, height: number, placement: Placement, rightToLeft: boolean) {
  const below = window.innerHeight - anchor.bottom - gap - edge;
  const above = anchor.top - gap - edge;
  const under = placement === "top" ? above < height && below > above : below >= height || below >= above;
  const maxHeight = Math.max(96, Math.floor(under ? below : above));
  const top = under ? anchor.bottom + gap : anchor.top - gap - Math.min(height, maxHeight);

  const alongStart = placement === "bottom-start" ? !rightToLeft : rightToLeft;
  const wished = placement === "top" || placement === "bottom"
    ? anchor.left + anchor.width / 2 - width / 2
    : alongStart ? anchor.left : anchor.right - width;
  const left = Math.max(edge, Math.min(wished, document.documentElement.clientWidth - width - edge));
  return { left: Math.round(left), top: Math.round(Math.max(edge, top)), maxHeight };
}
