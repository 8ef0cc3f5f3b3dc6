import { type HTMLAttributes, type ReactNode, type RefObject, useLayoutEffect, useRef, useState } from "react";
import { createPortal } from "react-dom";
import { type Placement, place } from "./placement";

export interface FloatingProps extends HTMLAttributes<HTMLDivElement> {
  anchor: RefObject<HTMLElement>;
  placement?: Placement;
  /** As wide as the anchor at least: for lists under fields. */
  matchWidth?: boolean;
  boxRef?: RefObject<HTMLDivElement>;
  children: ReactNode;
}

/** A box beside its anchor, kept inside the window and above everything else. It follows scrolling and resizing. */
export function Floating({ anchor, placement = "bottom-start", matchWidth, boxRef, children, ...rest }: FloatingProps) {
  const own = useRef<HTMLDivElement>(null);
  const box = boxRef ?? own;
  const [spot, setSpot] = useState<{ left: number; top: number; minWidth?: number; maxHeight: number }>();
  // A modal dialog makes the rest of the page inert, so what belongs to a field inside has to be inside too.
  // Elsewhere it stays in the landmark of its anchor, where screen readers look for it.
  const near = (selector: string) => anchor.current?.closest<HTMLElement>(selector);
  const host = near("dialog[open], main") ?? near("header, nav, aside") ?? document.body;

  useLayoutEffect(() => {
    const update = () => {
      if (!anchor.current || !box.current) return;
      const rect = anchor.current.getBoundingClientRect();
      const rightToLeft = getComputedStyle(anchor.current).direction === "rtl";
      const next = place(rect, box.current.offsetWidth, box.current.scrollHeight + 2, placement, rightToLeft);
      const minWidth = matchWidth ? Math.round(rect.width) : undefined;
      setSpot((last) =>
        last && last.left === next.left && last.top === next.top && last.minWidth === minWidth && last.maxHeight === next.maxHeight
          ? last
          : { ...next, ...(minWidth === undefined ? {} : { minWidth }) });
    };
    update();
    const watcher = new ResizeObserver(update);
    if (box.current) watcher.observe(box.current);
    window.addEventListener("scroll", update, true);
    window.addEventListener("resize", update);
    return () => {
      watcher.disconnect();
      window.removeEventListener("scroll", update, true);
      window.removeEventListener("resize", update);
    };
  }, [anchor, box, placement, matchWidth]);

  const style = { position: "fixed", left: spot?.left ?? 0, top: spot?.top ?? 0, minWidth: spot?.minWidth, maxHeight: spot?.maxHeight } as const;
  return createPortal(<div ref={box} {...rest} style={style}>{children}</div>, host);
}
