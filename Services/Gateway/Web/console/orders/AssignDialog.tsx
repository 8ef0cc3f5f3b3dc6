import { useMemo, useState } from "react";
import { listed, useText } from "../../shared/localization";
import { Banner, Combobox, type OptionSource } from "../../shared/ui";
import { useUser } from "../../shared/session/session";
import { findPeople, usePeople, usePerson } from "../people";
import type { WorkOrder } from "./orders";
import { RunDialog } from "./RunDialog";
import { useAbout } from "./useAbout";

export interface OrdersDialogProps { orders: readonly WorkOrder[]; close: () => void }

/** Whom one may give work to: people by their names, oneself first. */
export function useAssignees(): OptionSource {
  const text = useText();
  const self = useUser();
  const { mayRead } = usePeople();
  return useMemo(() => {
    const me = { value: self.id, label: text("orders.me", { name: self.displayName }), hint: listed(self.skills) };
    if (!mayRead) return [me];
    return async (words, signal) => {
      const found = await findPeople(words, signal);
      const isMe = words === "" || found.some((option) => option.value === self.id);
      return isMe ? [me, ...found.filter((option) => option.value !== self.id)] : found;
    };
  }, [self, mayRead, text]);
}

export function AssignDialog({ orders, close }: OrdersDialogProps) {
  const text = useText();
  const about = useAbout();
  const options = useAssignees();
  const first = orders[0]?.assignedTo ?? null;
  const [chosen, setChosen] = useState<string | null>(orders.every((order) => (order.assignedTo ?? null) === first) ? first : null);
  const person = usePerson(chosen);
  const lacking = [...new Set(orders.flatMap((order) => order.requiredSkills))].filter((skill) => person?.user && !person.user.skills.includes(skill));
  const count = orders.length;
  return (
    <RunDialog
      title={about(orders, "orders.assign.title_one", "orders.assign.title")}
      confirm={text("orders.assign.confirm")}
      done={text(chosen === null ? "orders.assign.removed" : "orders.assign.done", { count, name: person?.name ?? "" })}
      orders={orders}
      field="assignedTo"
      action={() => ({ change: { assignedTo: chosen } })}
      close={close}
    >
      <Combobox
        label={text("orders.assignee")} value={chosen} onChange={setChosen} options={options} valueLabel={person?.name}
        placeholder={text("orders.assign.placeholder")} hint={text("orders.assign.hint")}
      />
      {lacking.length > 0 && person && <Banner tone="warning">{text("orders.assign.lacking", { name: person.name, skills: listed(lacking) })}</Banner>}
    </RunDialog>
  );
}
