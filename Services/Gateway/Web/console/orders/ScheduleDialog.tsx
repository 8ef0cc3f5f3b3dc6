import { useState } from "react";
import { useLocalization, useText } from "../../shared/localization";
import { DateTimeField } from "../../shared/ui";
import { useZones } from "../places";
import type { OrdersDialogProps } from "./AssignDialog";
import { planning } from "./changes";
import { RunDialog } from "./RunDialog";
import { useAbout } from "./useAbout";

const hour = 3_600_000;

/** The next full hour. */
const soon = (): string => new Date(Math.ceil(Date.now() / hour) * hour).toISOString();

/** When the work begins and ends, by the clock of its site. */
export function ScheduleDialog({ orders, close }: OrdersDialogProps) {
  const text = useText();
  const about = useAbout();
  const zoneOf = useZones();
  const { zone: ownZone } = useLocalization();
  const first = orders[0];
  const zones = new Set(orders.map((order) => zoneOf(order.siteId)));
  // Sites in several zones have no clock in common: the person's own is used, and the field says so.
  const zone = zones.size === 1 && first ? zoneOf(first.siteId) : ownZone;
  const [start, setStart] = useState<string | null>(first?.scheduledStart ?? soon());
  const [end, setEnd] = useState<string | null>(first?.scheduledEnd ?? new Date(Date.parse(start ?? soon()) + 2 * hour).toISOString());
  const begin = (value: string | null) => {
    // The work takes as long as before.
    if (value && start && end) setEnd(new Date(Date.parse(value) + Date.parse(end) - Date.parse(start)).toISOString());
    setStart(value);
  };
  const check = () =>
    start === null ? text("orders.schedule.missing") : end !== null && Date.parse(end) <= Date.parse(start) ? text("problems.schedule_reversed") : undefined;
  return (
    <RunDialog
      title={about(orders, "orders.schedule.title_one", "orders.schedule.title")}
      confirm={text("orders.schedule.confirm")}
      done={about(orders, "orders.schedule.done_one", "orders.schedule.done")}
      orders={orders}
      field="scheduledStart"
      action={(order) => planning(order, start ?? soon(), end)}
      check={check}
      close={close}
    >
      <DateTimeField label={text("orders.planned_start")} zone={zone} value={start} onChange={begin} required />
      <DateTimeField label={text("orders.planned_end")} zone={zone} value={end} onChange={setEnd} required={false} />
    </RunDialog>
  );
}
