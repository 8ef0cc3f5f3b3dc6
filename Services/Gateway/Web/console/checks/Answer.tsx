import { useEffect, useRef, type KeyboardEvent } from "react";
import type { NewAnswer, TaskCheck, TaskResponse } from "generated/api";
import { text as words, useText } from "../../shared/localization";
import { useUser } from "../../shared/session/session";
import { Banner, Button, Checkbox, classes, DecimalField, TextArea, TextField } from "../../shared/ui";
import type { WorkOrder } from "../orders/orders";
import { isDecimal } from "./check";
import { PhotoAnswer } from "./PhotoAnswer";
import { useCheckWords } from "./useCheckWords";
import type { Recording } from "./useRecord";

interface AnswerProps {
  order: WorkOrder;
  task: TaskResponse;
  check: TaskCheck;
  recording: Recording;
  /** Why it can't be answered now. */
  reason?: string | undefined;
}

/** What a task asks for, answered in its place: a press for what can be chosen, Enter for what is typed. */
export function Answer({ order, task, check, recording, reason }: AnswerProps) {
  const text = useText();
  const { isUnsure, wrong } = recording;
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (isUnsure) box.current?.querySelector<HTMLElement>(".check-sure")?.focus();
  }, [isUnsure]);
  const props = { order, task, check, recording, reason };
  return (
    <div ref={box} className="check-answer">
      {check.kind === "yes_no" || check.kind === "choice" ? <Chosen {...props} /> : check.kind === "photo" ? <PhotoAnswer order={order} task={task} recording={recording} reason={reason} /> : <Typed {...props} />}
      {wrong.problem && <Banner tone="danger">{wrong.problem}</Banner>}
      {isUnsure && (
        <Banner tone="warning" action={<Button size="small" kind="primary" className="check-sure" onClick={() => void recording.send(recording.draft, true)}>{text("orders.check.record")}</Button>}>
          {text(task.opensFollowUp && !task.followUp ? "orders.check.fails_follow" : "orders.check.fails")}
        </Banner>
      )}
    </div>
  );
}

/** Large buttons, for gloves and phones. */
function Chosen({ task, check, recording, reason }: AnswerProps) {
  const text = useText();
  const { draft, wrong } = recording;
  const choices: { key: string; label: string; answer: NewAnswer; isOn: boolean }[] =
    check.kind === "yes_no"
      ? [true, false].map((yes) => ({ key: String(yes), label: text(yes ? "orders.check.yes" : "orders.check.no"), answer: { yes }, isOn: draft.yes === yes }))
      : check.options.map((choice) => ({ key: choice, label: choice, answer: { choice }, isOn: draft.choice === choice }));
  return (
    <>
      <div role="group" aria-label={text("orders.check.answer_to", { task: task.title })} className="check-choices">
        {choices.map(({ key, label, answer, isOn }) => (
          <Button
            key={key} size="large" className={classes("check-choice", isOn && "check-chosen")} aria-pressed={isOn} disabledReason={reason}
            onClick={() => void recording.send(answer)}
          >
            <span dir="auto">{label}</span>
          </Button>
        ))}
      </div>
      {wrong.field && <Banner tone="danger">{wrong.field}</Banner>}
    </>
  );
}

function Typed({ task, check, recording, reason }: AnswerProps) {
  const text = useText();
  const { asked } = useCheckWords();
  const { draft, wrong, busy } = recording;
  // A text of several lines, or the name of who signs.
  const isWords = check.kind === "text" || check.kind === "signature";
  const isSignature = check.kind === "signature";
  const self = useUser().displayName;
  const value = (isWords ? draft.text : draft.number) ?? "";
  const isMissing = value.trim() === "";
  const isRight = isWords || isDecimal(value);
  const send = () => {
    if (!isMissing && isRight && !reason) void recording.send({ ...draft, ...(isWords ? { text: value.trim() } : {}) });
  };
  const keyDown = (event: KeyboardEvent) => {
    if (event.key !== "Enter" || (check.kind === "text" && !event.ctrlKey && !event.metaKey)) return;
    event.preventDefault();
    send();
  };
  const error = wrong.field ?? (isMissing || isRight ? undefined : words("rules.not_a_decimal"));
  const field = { label: text("orders.check.answer_to", { task: task.title }), hideLabel: true, ...(check.kind === "meter" ? { hint: asked(check) } : isSignature ? { hint: text("orders.check.signature_hint") } : {}), error, disabledReason: reason, className: "check-field" };
  return (
    <div className="check-typed" onKeyDown={keyDown}>
      {check.kind === "text"
        ? <TextArea {...field} value={value} onChange={(next) => recording.write({ ...draft, text: next })} rows={2} maxLength={2000} />
        : isSignature ? <TextField {...field} value={value} onChange={(next) => recording.write({ ...draft, text: next })} maxLength={200} suggestions={[self]} />
        : <DecimalField {...field} value={value} unit={check.unit} onChange={(next) => recording.write({ ...draft, number: next })} />}
      <Button size="large" icon={isSignature ? "edit" : "check"} busy={busy} disabledReason={reason ?? (isMissing ? text("problems.answer_missing") : undefined)} onClick={send}>{text(isSignature ? "orders.signature.confirm" : "orders.tasks.complete")}</Button>
      {/* Readings do not fall, unless the meter is another one: whoever is refused can say so. */}
      {check.kind === "meter" && (wrong.field !== undefined || draft.isReset) && (
        <Checkbox label={text("orders.check.reset")} value={draft.isReset === true} onChange={(isReset) => recording.write({ ...draft, isReset })} />
      )}
    </div>
  );
}
