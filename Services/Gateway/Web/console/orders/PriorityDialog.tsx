import { useState } from "react";
import { useText } from "../../shared/localization";
import { RadioGroup, useStatusName } from "../../shared/ui";
import type { OrdersDialogProps } from "./AssignDialog";
import { changeOrder } from "./changes";
import { priorities, type Priority } from "./orders";
import { RunDialog } from "./RunDialog";

export function PriorityDialog({ orders, close }: OrdersDialogProps) {
  const text = useText();
  const name = useStatusName();
  const [chosen, setChosen] = useState<Priority>(orders[0]?.priority ?? "medium");
  const count = orders.length;
  return (
    <RunDialog
      title={text("orders.priority.title", { count, number: orders[0]?.number ?? "" })}
      confirm={text("orders.priority.confirm")}
      done={text("orders.priority.done", { count })}
      orders={orders}
      act={(order) => changeOrder(order, { priority: chosen })}
      close={close}
    >
      <RadioGroup label={text("orders.priority")} value={chosen} onChange={setChosen} options={priorities.map((value) => ({ value, label: name("priority", value) }))} />
    </RunDialog>
  );
}
