import { useState } from "react";
import { useText } from "../../shared/localization";
import { RadioGroup, TextArea } from "../../shared/ui";
import { holdReasons, useLevels, type HoldReason } from "../levels/levels";
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
  const isPause = move === "pause";
  const [hold, setHold] = useState<HoldReason>();
  const { levels, isPromised } = useLevels();
  // Of reasons, some stop the clock of the service level.
  const stops = (one: HoldReason) => (isPromised ? { hint: text(levels?.pausedBy.includes(one) ? "orders.hold.stops" : "orders.hold.goes_on") } : {});
  return (
    <RunDialog
      title={about(orders, `orders.move.title_one.${move}`, `orders.move.title.${move}`)}
      confirm={text(`orders.move.${move}`)}
      done={about(orders, `orders.move.done_one.${move}`, `orders.move.done.${move}`)}
      orders={orders}
      move={move}
      action={() => ({ move, body: { ...(reason.trim() === "" ? {} : { reason: reason.trim() }), ...(isPause && hold ? { holdReason: hold } : {}) } })}
      check={() => (isPause && !hold ? text("orders.hold.missing") : isNeeded && reason.trim() === "" ? text("orders.move.reason_missing") : undefined)}
      danger={move === "cancel"}
      cancels={move === "cancel"}
      close={close}
    >
      {isPause && (
        <RadioGroup<HoldReason | ""> label={text("orders.hold")} required value={hold ?? ""} onChange={(one) => { if (one) setHold(one); }} options={holdReasons.map((value) => ({ value, label: text(`orders.hold.${value}`), ...stops(value) }))} />
      )}
      <TextArea label={text(isNeeded ? "orders.move.reason" : "orders.move.note")} value={reason} onChange={setReason} maxLength={2000} required={isNeeded} hint={text("orders.move.reason_hint")} />
    </RunDialog>
  );
}
