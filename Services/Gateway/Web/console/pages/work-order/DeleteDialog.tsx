import { useState } from "react";
import { explain } from "../../../shared/api/explain";
import { Problem } from "../../../shared/data";
import { useText } from "../../../shared/localization";
import { navigate } from "../../../shared/router";
import { ConfirmDialog, toast } from "../../../shared/ui";
import { Changed } from "../../orders/Changed";
import { deleteOrder, readOrder } from "../../orders/changes";
import type { WorkOrder } from "../../orders/orders";

/** Deletes a draft. If somebody else has changed it, that is shown first. */
export function DeleteDialog({ order: given, close }: { order: WorkOrder; close: () => void }) {
  const text = useText();
  const [order, setOrder] = useState(given);
  const [before, setBefore] = useState<WorkOrder>();
  const run = async () => {
    try {
      await deleteOrder(order);
    } catch (error) {
      if (Problem.from(error).code === "stale_version") {
        setBefore(order);
        setOrder(await readOrder(order.id));
      }
      throw error;
    }
    toast({ tone: "success", text: text("orders.deleted", { number: order.number }) });
    navigate("/work-orders");
  };
  return (
    <ConfirmDialog title={text("orders.delete_title", { number: order.number })} confirm={text("orders.delete")} danger explain={explain} close={close} run={run}>
      {before && <Changed before={before} after={order} />}
      <p dir="auto">{order.title}</p>
      <p>{text("orders.delete_text")}</p>
    </ConfirmDialog>
  );
}
