import { useState, type KeyboardEvent } from "react";
import { useText } from "../../shared/localization";
import { useFormat } from "../../shared/localization/format";
import type { WorkOrder } from "../orders/orders";
import type { Day } from "../pages/work-orders/calendar";
import { stepped, type Place, type Row } from "./week";

interface PlanKeysOptions {
  days: readonly Day[];
  rows: readonly Row[];
  mayMove: (order: WorkOrder) => { day: boolean; person: boolean };
  plan: (order: WorkOrder, from: Day, to: Place) => void;
  schedule: (order: WorkOrder) => void;
  assign: (order: WorkOrder) => void;
  say: (words: string) => void;
}

export interface PlanKeys {
  /** Where the keys have moved it to, while that is not saved. */
  target: (order: WorkOrder) => Place | undefined;
  /** Something is on its way to this place. */
  isTarget: (place: Place) => boolean;
  press: (event: KeyboardEvent, order: WorkOrder, from: Place) => void;
  leave: (order: WorkOrder) => void;
}

const keys = { ArrowLeft: "left", ArrowRight: "right", ArrowUp: "up", ArrowDown: "down" } as const;

/** A bar by keyboard: shift and arrows lead it to another day or person, Enter saves that, Escape takes it back; S asks for the times, A for the person. */
export function usePlanKeys({ days, rows, mayMove, plan, schedule, assign, say }: PlanKeysOptions): PlanKeys {
  const text = useText();
  const format = useFormat();
  const [moved, setMoved] = useState<{ id: string; from: Day; to: Place } | null>(null);
  const target = (order: WorkOrder) => (moved?.id === order.id ? moved.to : undefined);
  return {
    target,
    isTarget: (place) => moved?.to.at === place.at && moved.to.person === place.person,
    leave: ({ id }) => setMoved((now) => (now?.id === id ? null : now)),
    press: (event, order, from) => {
      const name = event.key in keys ? keys[event.key as keyof typeof keys] : undefined;
      const may = mayMove(order);
      const letter = event.ctrlKey || event.metaKey || event.altKey ? "" : event.key.toLowerCase();
      if (name && event.shiftKey && (name === "left" || name === "right" ? may.day : may.person)) {
        const isMirrored = getComputedStyle(event.currentTarget).direction === "rtl";
        const step = !isMirrored ? name : name === "left" ? "right" : name === "right" ? "left" : name;
        const to = stepped(target(order) ?? from, step, days, rows);
        setMoved({ id: order.id, from: moved?.id === order.id ? moved.from : from.at, to });
        say(text("orders.schedule.board.target", { name: rows.find(({ person }) => person === to.person)?.name ?? "", day: format.date(to.at, "UTC") }));
      } else if (event.key === "Enter" && moved?.id === order.id) {
        plan(order, moved.from, moved.to);
        setMoved(null);
      } else if (event.key === "Escape" && moved?.id === order.id) setMoved(null);
      else if (letter === "s" && may.day) schedule(order);
      else if (letter === "a" && may.person) assign(order);
      else return;
      event.preventDefault();
      event.stopPropagation();
    },
  };
}
