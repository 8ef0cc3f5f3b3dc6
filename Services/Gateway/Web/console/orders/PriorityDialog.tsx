import { useState } from "react";
import { useText } from "../../shared/localization";
import { RadioGroup, useStatusName } from "../../shared/ui";
import type { OrdersDialogProps } from "./AssignDialog";
import { priorities, type Priority } from "./orders";
import { RunDialog } from "./RunDialog";
import { useAbout } from "./useAbout";

export function PriorityDialog({ orders, close }: OrdersDialogProps) {
  const text = useText();
  const about = useAbout();
  const name = useStatusName();
  const [chosen, setChosen] = useState<Priority>(orders[0]?.priority ?? "medium");
  const count = orders.length;
  return (
    <RunDialog
      title={about(orders, "orders.priority.title_one", "orders.priority.title")}
      confirm={text("orders.priority.confirm")}
      done={text("orders.priority.done", { count })}
      orders={orders}
      field="priority"
      action={() => ({ change: { priority: chosen } })}
      close={close}
    >
      <RadioGroup label={text("orders.priority")} value={chosen} onChange={setChosen} options={priorities.map((value) => ({ value, label: name("priority", value) }))} />
    </RunDialog>
  );
}
