import { useMemo, useState } from "react";
import { listed, useText } from "../../shared/localization";
import { Banner, Combobox, Select, type OptionSource } from "../../shared/ui";
import { useMay, useUser } from "../../shared/session/session";
import { useCrews } from "../crews/crews";
import { findPeople, usePeople, usePerson } from "../people";
import { Candidates } from "./Candidates";
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
  // A crew is one of a site.
  const siteId = orders[0]?.siteId ?? null;
  const isOneSite = orders.every((order) => order.siteId === siteId);
  const { data: crews } = useCrews(useMay()("schedule:read") && isOneSite ? siteId : null);
  const crewBefore = orders.every((order) => (order.crewId ?? "") === (orders[0]?.crewId ?? "")) ? orders[0]?.crewId ?? "" : "";
  const [crew, setCrew] = useState(crewBefore);
  const lacking = [...new Set(orders.flatMap((order) => order.requiredSkills))].filter((skill) => person?.user && !person.user.skills.includes(skill));
  const count = orders.length;
  const only = orders.length === 1 ? orders[0] : undefined;
  return (
    <RunDialog
      title={about(orders, "orders.assign.title_one", "orders.assign.title")}
      confirm={text("orders.assign.confirm")}
      done={text(chosen === null && crew === "" ? "orders.assign.removed" : "orders.assign.done", { count, name: person?.name ?? crews?.items.find(({ id }) => id === crew)?.name ?? "" })}
      orders={orders}
      field="assignedTo"
      action={() => ({ change: { assignedTo: chosen, ...(crew === crewBefore ? {} : { crewId: crew || null }) } })}
      close={close}
    >
      <Combobox
        label={text("orders.assignee")} value={chosen} onChange={setChosen} options={options} valueLabel={person?.name}
        placeholder={text("orders.assign.placeholder")} hint={text("orders.assign.hint")}
      />
      {only && <Candidates order={only} chosen={chosen} choose={setChosen} />}
      {crews && (crews.items.length > 0 || crew !== "") && (
        <Select
          label={text("orders.assign.crew")} hint={text("orders.assign.crew_hint")} required={false} value={crew} placeholder={text("orders.assign.no_crew")} onChange={setCrew}
          options={crews.items.map(({ id, code, name }) => ({ value: id, label: `${code} – ${name}` }))}
        />
      )}
      {lacking.length > 0 && person && <Banner tone="warning">{text("orders.assign.lacking", { name: person.name, skills: listed(lacking) })}</Banner>}
    </RunDialog>
  );
}
