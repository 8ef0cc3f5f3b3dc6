import { type KeyboardEvent, type PointerEvent, type RefObject, useEffect, useRef } from "react";
import { timeAt, xOf } from "./chartScale";
import type { Plot, View } from "./chartTypes";

export interface ChartInput {
  box: RefObject<HTMLElement>;
  view: View;
  plot: Plot;
  cursor: number | undefined;
  setCursor: (time: number | undefined) => void;
  setView: (view: View) => void;
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
export function useChartInput(input: ChartInput) {
  const latest = useRef(input);
  latest.current = input;
  const drag = useRef<{ x: number; view: View; pans: boolean; isMoved: boolean }>();
  const xIn = (event: { clientX: number }) => event.clientX - (latest.current.box.current?.getBoundingClientRect().left ?? 0);

  useEffect(() => {
    const element = latest.current.box.current;
    // React's own wheel events cannot be prevented.
    const wheel = (event: WheelEvent) => {
      const { view, plot, setView } = latest.current;
      if (!event.ctrlKey && !event.metaKey && document.activeElement !== element) return;
      event.preventDefault();
      if (Math.abs(event.deltaX) > Math.abs(event.deltaY)) setView(moved(view, (event.deltaX / plot.width) * (view.to - view.from)));
      else setView(zoomed(view, Math.exp(Math.max(-100, Math.min(100, event.deltaY)) * 0.004), timeAt(xIn(event), view, plot)));
    };
    element?.addEventListener("wheel", wheel, { passive: false });
    return () => element?.removeEventListener("wheel", wheel);
  }, []);

  const onPointerDown = (event: PointerEvent<HTMLElement>) => {
    if (event.button !== 0) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    drag.current = { x: xIn(event), view: input.view, pans: event.shiftKey || event.pointerType === "touch", isMoved: false };
  };
  const onPointerMove = (event: PointerEvent<HTMLElement>) => {
    const { view, plot, setCursor, setView, setSelection } = latest.current;
    // Browsers send a move when the page shifts under a resting pointer; it must not take the cursor from the keys.
    if (!drag.current && event.movementX === 0 && event.movementY === 0) return;
    const x = Math.max(plot.left, Math.min(plot.left + plot.width, xIn(event)));
    const start = drag.current;
    if (start && Math.abs(x - start.x) > 4) start.isMoved = true;
    if (start?.isMoved && start.pans) {
      setCursor(undefined);
      return setView(moved(start.view, ((start.x - x) / plot.width) * (start.view.to - start.view.from)));
    }
    const [one, other] = [timeAt(x, view, plot), timeAt(start?.x ?? x, view, plot)];
    if (start?.isMoved) setSelection({ from: Math.min(one, other), to: Math.max(one, other) });
    setCursor(one);
  };
  const onPointerUp = (event: PointerEvent<HTMLElement>) => {
    const { view, plot, setView, setSelection, press } = latest.current;
    const start = drag.current;
    drag.current = undefined;
    setSelection(undefined);
    if (!start) return;
    if (!start.isMoved) return press(xIn(event));
    if (start.pans) return;
    const times = [timeAt(start.x, view, plot), timeAt(xIn(event), view, plot)].map((time) => Math.max(view.from, Math.min(view.to, time)));
    if (Math.abs(times[0]! - times[1]!) >= shortest) setView({ from: Math.min(...times), to: Math.max(...times) });
  };
  const onPointerCancel = () => { drag.current = undefined; latest.current.setSelection(undefined); };

  const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
    const { view, plot, cursor, setCursor, setView, reset, press } = latest.current;
    const length = view.to - view.from;
    const at = cursor ?? (view.from + view.to) / 2;
    // Time runs from left to right in every language, and so do the arrows.
    const direction = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (direction && event.shiftKey) setView(moved(view, direction * length * 0.2));
    else if (direction) setCursor(Math.max(view.from, Math.min(view.to, at + (direction * length) / (event.ctrlKey ? plot.width : 100))));
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
  return { onPointerDown, onPointerMove, onPointerUp, onPointerCancel, onPointerLeave: () => { if (!drag.current) input.setCursor(undefined); }, onKeyDown };
}
