import { cloneElement, type ReactElement, useEffect, useId, useRef, useState } from "react";
import { classes } from "./classes";
import { Floating } from "./Floating";

export interface TooltipProps {
  text: string;
  /** The text is the control's own name already, so it is shown but not read a second time. */
  isName?: boolean;
  /** The anchor takes the full width of its parent. */
  wide?: boolean;
  children: ReactElement;
}

/** A few words on hover and on focus. Escape hides it; the pointer may move onto it. */
export function Tooltip({ text, isName = false, wide = false, children }: TooltipProps) {
  const anchor = useRef<HTMLSpanElement>(null);
  const [open, setOpen] = useState(false);
  const timer = useRef<number>();
  const id = useId();

  useEffect(() => {
    if (!open) return;
    const escape = (event: KeyboardEvent) => { if (event.key === "Escape") setOpen(false); };
    document.addEventListener("keydown", escape, true);
    return () => document.removeEventListener("keydown", escape, true);
  }, [open]);
  useEffect(() => () => window.clearTimeout(timer.current), []);

  const later = (value: boolean, wait: number) => {
    window.clearTimeout(timer.current);
    timer.current = window.setTimeout(() => setOpen(value), wait);
  };
  const child = isName ? children : cloneElement(children, { "aria-describedby": id });
  return (
    <span
      ref={anchor}
      className={classes("ui-tooltip-anchor", wide && "ui-tooltip-wide")}
      onPointerEnter={(event) => { if (event.pointerType !== "touch") later(true, 350); }}
      onPointerLeave={() => later(false, 120)}
      onFocus={(event) => { if (event.target.matches(":focus-visible")) later(true, 0); }}
      onBlur={() => later(false, 0)}
    >
      {child}
      {!isName && <span id={id} hidden>{text}</span>}
      {open && (
        <Floating
          anchor={anchor}
          placement="top"
          className="ui-tooltip"
          aria-hidden="true"
          onPointerEnter={() => later(true, 0)}
          onPointerLeave={() => later(false, 120)}
        >
          {text}
        </Floating>
      )}
    </span>
  );
}
