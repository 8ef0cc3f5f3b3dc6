import { type KeyboardEvent, type PointerEvent, type RefObject, useEffect, useRef } from "react";
import { timeAt, xOf } from "./chartScale";
import type { Plot, View } from "./chartTypes";

interface ChartInput {
  box: RefObject<HTMLElement>;
  view: View;
  plot: Plot;
  cursor: number | undefined;
  setCursor: (time: number | undefined) => void;
  setView: (view: View) => void;
  selection: View | undefined;
  setSelection: (selection: View | undefined) => void;
  reset: () => void;
  press: (x: number) => void;
}

const shortest = 1000;

export function zoomed({ from, to }: View, factor: number, around: number): View {
  const length = Math.max(shortest, (to - from) * factor);
  const share = (around - from) / (to - from);
  return { from: around - length * share, to: around + length * (1 - share) };
}
const moved = ({ from, to }: View, by: number): View => ({ from: from + by, to: to + by });

/** Pointer, wheel and keys over a chart: drag zooms, shift-drag (or a finger) pans, the wheel zooms while the chart has the focus. */
export function useChartInput({ box, view, plot, cursor, setCursor, setView, selection, setSelection, reset, press }: ChartInput) {
  const drag = useRef<{ x: number; view: View; pans: boolean; isMoved: boolean }>();
  const length = view.to - view.from;
  const within = (time: number) => Math.max(view.from, Math.min(view.to, time));
  const xIn = (event: { clientX: number }) => event.clientX - box.current!.getBoundingClientRect().left;

  useEffect(() => {
    const element = box.current;
    // React's own wheel events cannot be prevented.
    const wheel = (event: WheelEvent) => {
      if (!event.ctrlKey && !event.metaKey && document.activeElement !== element) return;
      event.preventDefault();
      if (Math.abs(event.deltaX) > Math.abs(event.deltaY)) setView(moved(view, (event.deltaX / plot.width) * length));
      else setView(zoomed(view, Math.exp(Math.max(-100, Math.min(100, event.deltaY)) * 0.004), timeAt(xIn(event), view, plot)));
    };
    element?.addEventListener("wheel", wheel, { passive: false });
    return () => element?.removeEventListener("wheel", wheel);
  });

  const onPointerDown = (event: PointerEvent<HTMLElement>) => {
    if (event.button !== 0) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    drag.current = { x: xIn(event), view, pans: event.shiftKey || event.pointerType === "touch", isMoved: false };
  };
  const onPointerMove = (event: PointerEvent<HTMLElement>) => {
    const start = drag.current;
    // Browsers send a move when the page shifts under a resting pointer; it must not take the cursor from the keys.
    if (!start && event.movementX === 0 && event.movementY === 0) return;
    const x = xIn(event);
    if (start && Math.abs(x - start.x) > 4) start.isMoved = true;
    if (start?.isMoved && start.pans) {
      setCursor(undefined);
      return setView(moved(start.view, ((start.x - x) / plot.width) * length));
    }
    const time = within(timeAt(x, view, plot));
    setCursor(time);
    if (!start?.isMoved) return;
    const other = within(timeAt(start.x, view, plot));
    setSelection({ from: Math.min(time, other), to: Math.max(time, other) });
  };
  const onPointerCancel = () => {
    drag.current = undefined;
    setSelection(undefined);
  };
  const onPointerUp = (event: PointerEvent<HTMLElement>) => {
    if (drag.current && !drag.current.isMoved) press(xIn(event));
    else if (selection && selection.to - selection.from >= shortest) setView(selection);
    onPointerCancel();
  };
  const onPointerLeave = () => {
    if (!drag.current) setCursor(undefined);
  };

  const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
    const at = cursor ?? (view.from + view.to) / 2;
    // Time runs from left to right in every language, and so do the arrows.
    const direction = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (direction && event.shiftKey) setView(moved(view, direction * length * 0.2));
    else if (direction) setCursor(within(at + (direction * length) / (event.ctrlKey ? plot.width : 100)));
    else if (event.key === "Home") setCursor(view.from);
    else if (event.key === "End") setCursor(view.to);
    else if (event.key === "+" || event.key === "=") setView(zoomed(view, 0.5, at));
    else if (event.key === "-") setView(zoomed(view, 2, at));
    else if (event.key === "Enter") press(xOf(at, view, plot));
    else if (event.key === "Escape" || event.key === "0") reset();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return { onPointerDown, onPointerMove, onPointerUp, onPointerCancel, onPointerLeave, onKeyDown };
}
