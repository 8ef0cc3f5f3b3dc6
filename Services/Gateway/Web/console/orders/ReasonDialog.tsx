import { useState } from "react";
import { useText } from "../../shared/localization";
import { TextArea } from "../../shared/ui";
import type { OrdersDialogProps } from "./AssignDialog";
import { moves, type Move } from "./orders";
import { RunDialog } from "./RunDialog";
import { useAbout } from "./useAbout";

/** A move that says why, or what was done. */
export function ReasonDialog({ orders, move, close }: OrdersDialogProps & { move: Move }) {
  const text = useText();
  const about = useAbout();
  const [reason, setReason] = useState("");
  const isNeeded = moves[move].asks === "reason";
  return (
    <RunDialog
      title={about(orders, `orders.move.title_one.${move}`, `orders.move.title.${move}`)}
      confirm={text(`orders.move.${move}`)}
      done={about(orders, `orders.move.done_one.${move}`, `orders.move.done.${move}`)}
      orders={orders}
      move={move}
      action={() => ({ move, body: reason.trim() === "" ? {} : { reason: reason.trim() } })}
      check={() => (isNeeded && reason.trim() === "" ? text("orders.move.reason_missing") : undefined)}
      danger={move === "cancel"}
      cancels={move === "cancel"}
      close={close}
    >
      <TextArea label={text(isNeeded ? "orders.move.reason" : "orders.move.note")} value={reason} onChange={setReason} maxLength={2000} required={isNeeded} hint={text("orders.move.reason_hint")} />
    </RunDialog>
  );
}
