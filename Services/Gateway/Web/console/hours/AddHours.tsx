import { useState } from "react";
import { useText } from "../../shared/localization";
import { useUser } from "../../shared/session/session";
import { Combobox, toast } from "../../shared/ui";
import { useApiForm } from "../administration/useApiForm";
import { useAssignees } from "../orders/AssignDialog";
import type { WorkOrder } from "../orders/orders";
import { FormDialog } from "../pages/assets/FormDialog";
import { usePerson } from "../people";
import { useZones } from "../places";
import { addHours, type Draft } from "./hours";
import { HoursFields, useHoursCheck } from "./HoursFields";

const minute = 60_000;

/** The hour that is over now. */
function lastHour(): Pick<Draft, "startedAt" | "endedAt"> {
  const now = Math.floor(Date.now() / (5 * minute)) * 5 * minute;
  return { startedAt: new Date(now - 60 * minute).toISOString(), endedAt: new Date(now).toISOString() };
}

interface AddHoursProps {
  order: WorkOrder;
  /** Of anybody, not of oneself alone. */
  ofOthers: boolean;
  added: () => void;
  close: () => void;
}

/** Time that is written down after it was worked. */
export function AddHours({ order, ofOthers, added, close }: AddHoursProps) {
  const text = useText();
  const { id } = useUser();
  const zone = useZones()(order.siteId);
  const people = useAssignees();
  const check = useHoursCheck();
  const [initial] = useState<Draft>(() => ({ userId: id, kind: "work", ...lastHour(), breakMinutes: null, note: "" }));
  const form = useApiForm<Draft>({
    initial,
    check: (values) => ({ ...(values.userId ? {} : { userId: text("orders.hours.who_missing") }), ...check(values) }),
    submit: async (values) => {
      await addHours(order, values);
      added();
      form.reset(initial);
      close();
      toast({ tone: "success", text: text("orders.hours.added") });
    },
  });
  const person = usePerson(form.values.userId);
  return (
    <FormDialog title={text("orders.hours.add_to", { number: order.number })} form={form} confirm={text("orders.hours.add")} close={close}>
      {ofOthers && <Combobox label={text("orders.hours.who")} required options={people} valueLabel={person?.isYou ? text("orders.me", { name: person.name }) : person?.name} {...form.field("userId")} />}
      <HoursFields form={form} zone={zone} />
    </FormDialog>
  );
}
