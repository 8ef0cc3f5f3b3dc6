import { useState } from "react";
import { useText } from "../../shared/localization";
import { RadioGroup, TextArea, TextField } from "../../shared/ui";
import { holdReasons, useLevels, type HoldReason } from "../levels/levels";
import type { OrdersDialogProps } from "./AssignDialog";
import { endings } from "./edit";
import { isJudged, moves, verdicts, type Move, type Verdict } from "./orders";
import { RunDialog } from "./RunDialog";
import { useAbout } from "./useAbout";
import { useAsksNotes } from "./useMoveWords";

/** A move that says why, or what was done. */
export function ReasonDialog({ orders, move, close }: OrdersDialogProps & { move: Move }) {
  const text = useText();
  const about = useAbout();
  const [reason, setReason] = useState("");
  const isNeeded = moves[move].asks === "reason";
  const isPause = move === "pause";
  const [hold, setHold] = useState<HoldReason>();
  // Only who was there knows whether the alert was right.
  const asksVerdict = move === "complete" && orders.every(isJudged);
  const [verdict, setVerdict] = useState<Verdict | "">(orders[0]?.verdict ?? "");
  const [cause, setCause] = useState(orders[0]?.cause ?? "");
  // What was done says more than a reason, which is not asked for beside it. Nobody completes several at once.
  const [first] = orders;
  const asked = move === "complete" ? endings : [];
  const asksNotes = useAsksNotes(first);
  const isAsked = move === "complete" && first !== undefined && asksNotes(first);
  const [notes, setNotes] = useState(() => ({ completionNotes: first?.completionNotes ?? "", rootCause: first?.rootCause ?? "", preventiveActions: first?.preventiveActions ?? "" }));
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
      action={() => ({
        move,
        body: {
          ...Object.fromEntries(asked.filter((name) => notes[name].trim() !== (first?.[name] ?? "").trim()).map((name) => [name, notes[name].trim() === "" ? null : notes[name]])),
          ...(reason.trim() === "" ? {} : { reason: reason.trim() }), ...(isPause && hold ? { holdReason: hold } : {}),
          ...(asksVerdict && verdict ? { verdict } : {}), ...(asksVerdict && cause.trim() ? { cause: cause.trim() } : {}),
        },
      })}
      check={() => (isAsked && notes.completionNotes.trim() === "" ? text("problems.notes_missing") : isPause && !hold ? text("orders.hold.missing") : isNeeded && reason.trim() === "" ? text("orders.move.reason_missing") : undefined)}
      danger={move === "cancel"}
      cancels={move === "cancel"}
      close={close}
    >
      {isPause && (
        <RadioGroup<HoldReason | ""> label={text("orders.hold")} required value={hold ?? ""} onChange={(one) => { if (one) setHold(one); }} options={holdReasons.map((value) => ({ value, label: text(`orders.hold.${value}`), ...stops(value) }))} />
      )}
      {asksVerdict && (
        <>
          <RadioGroup<Verdict | ""> label={text("orders.verdict")} required={false} value={verdict} onChange={setVerdict} options={verdicts.map((value) => ({ value, label: text(`orders.verdict.${value}`) }))} />
          <TextField label={text("orders.cause")} required={false} value={cause} onChange={setCause} maxLength={64} hint={text("orders.cause_hint")} />
        </>
      )}
      {asked.map((name) => (
        <TextArea key={name} label={text(`orders.note.${name}`)} value={notes[name]} onChange={(typed) => setNotes({ ...notes, [name]: typed })} rows={name === "completionNotes" ? 3 : 2} maxLength={2000} required={isAsked && name === "completionNotes"} />
      ))}
      {isNeeded && <TextArea label={text("orders.move.reason")} value={reason} onChange={setReason} maxLength={2000} required hint={text("orders.move.reason_hint")} />}
    </RunDialog>
  );
}
