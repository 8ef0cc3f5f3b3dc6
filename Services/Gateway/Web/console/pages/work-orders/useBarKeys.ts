import { useState, type KeyboardEvent } from "react";
import { useFormat } from "../../../shared/localization/format";
import { useText } from "../../../shared/localization";
import type { WorkOrder } from "../../orders/orders";
import { day, instantAt, minute } from "./calendar";
import { wallOf } from "../../../shared/ui/zones";

interface BarKeysOptions {
  plan: (order: WorkOrder, start: number) => void;
  schedule: (order: WorkOrder) => void;
  mayPlan: (order: WorkOrder) => boolean;
  say: (words: string) => void;
  zone: string;
}

export interface BarKeys {
  /** Where the keys have moved it to, while that is not saved. */
  shifted: (order: WorkOrder) => number | undefined;
  press: (event: KeyboardEvent, order: WorkOrder) => void;
  leave: (order: WorkOrder) => void;
}

const steps: Record<string, number> = { ArrowRight: day, ArrowLeft: -day, ArrowDown: 30 * minute, ArrowUp: -30 * minute };

/** A bar by keyboard: shift and arrows move it by a day or half an hour, Enter saves that, Escape takes it back; S asks for the times. */
export function useBarKeys({ plan, schedule, mayPlan, say, zone }: BarKeysOptions): BarKeys {
  const text = useText();
  const format = useFormat();
  const [shift, setShift] = useState<{ id: string; start: number } | null>(null);
  const shifted = (order: WorkOrder) => (shift?.id === order.id ? shift.start : undefined);
  return {
    shifted,
    leave: (order) => setShift((now) => (now?.id === order.id ? null : now)),
    press: (event, order) => {
      const step = steps[event.key];
      if (event.key.toLowerCase() === "s" && !event.ctrlKey && !event.metaKey && mayPlan(order)) schedule(order);
      else if (step !== undefined && event.shiftKey && mayPlan(order) && order.scheduledStart) {
        const isMirrored = Math.abs(step) === day && getComputedStyle(event.currentTarget).direction === "rtl";
        // By the clock on the wall: a day later is the same time, also when the clock is changed between.
        const wall = wallOf(shifted(order) ?? Date.parse(order.scheduledStart), zone) + (isMirrored ? -step : step);
        const start = instantAt(wall, zone);
        setShift({ id: order.id, start });
        say(text("orders.calendar.shifted", { time: format.dateTime(start, zone) }));
      } else if (event.key === "Enter" && shifted(order) !== undefined) {
        plan(order, shifted(order) ?? 0);
        setShift(null);
      } else if (event.key === "Escape" && shifted(order) !== undefined) setShift(null);
      else return;
      event.preventDefault();
      event.stopPropagation();
    },
  };
}
