import { useState } from "react";
import { useText } from "../../shared/localization";
import { TextArea } from "../../shared/ui";
import type { OrdersDialogProps } from "./AssignDialog";
import { moveOrder } from "./changes";
import { moves, type Move } from "./orders";
import { RunDialog } from "./RunDialog";

/** A move that says why, or what was done. */
export function ReasonDialog({ orders, move, close }: OrdersDialogProps & { move: Move }) {
  const text = useText();
  const [reason, setReason] = useState("");
  const isNeeded = moves[move].asks === "reason";
  const count = orders.length;
  return (
    <RunDialog
      title={text(`orders.move.title.${move}`, { count, number: orders[0]?.number ?? "" })}
      confirm={text(`orders.move.${move}`)}
      done={text(`orders.move.done.${move}`, { count, number: orders[0]?.number ?? "" })}
      orders={orders}
      act={(order) => moveOrder(order, move, reason.trim() === "" ? {} : { reason: reason.trim() })}
      check={() => (isNeeded && reason.trim() === "" ? text("orders.move.reason_missing") : undefined)}
      danger={move === "cancel"}
      close={close}
    >
      <TextArea label={text(isNeeded ? "orders.move.reason" : "orders.move.note")} value={reason} onChange={setReason} maxLength={2000} required={isNeeded} hint={text("orders.move.reason_hint")} />
    </RunDialog>
  );
}
