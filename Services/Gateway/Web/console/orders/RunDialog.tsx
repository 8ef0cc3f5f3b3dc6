import { useId, useState, type FormEvent, type KeyboardEvent, type ReactNode } from "react";
import { Problem } from "../../shared/api/Problem";
import { problemText } from "../../shared/api/problemText";
import { useText } from "../../shared/localization";
import { Banner, Button, Dialog, toast } from "../../shared/ui";
import { WhereTo } from "../permits/PermitRefusal";
import { Changed } from "./Changed";
import type { Action } from "./changes";
import type { Move, WorkOrder } from "./orders";
import { RunResults } from "./RunResults";
import { useRun } from "./useRun";

export interface RunDialogProps {
  title: string;
  /** The verb on the button. */
  confirm: string;
  /** Said when all is done. */
  done: string;
  orders: readonly WorkOrder[];
  /** What is done to each. */
  action: (order: WorkOrder) => Action;
  /** What it is, so that those are marked to which it cannot be done: a move, or the change of a field. */
  move?: Move;
  field?: string;
  /** Why it cannot be sent yet. */
  check?: () => string | undefined;
  danger?: boolean;
  /** The action itself is a cancelling: the way out of the dialog can't be called so too. */
  cancels?: boolean;
  close: () => void;
  children?: ReactNode;
}

/** Asks what is needed, does it to one or several work orders, and says for each what became of it. Nothing typed is lost when it fails. */
export function RunDialog({ title, confirm, done, orders, action, move, field, check, danger = false, cancels = false, close, children }: RunDialogProps) {
  const text = useText();
  const id = useId();
  const [missing, setMissing] = useState<string>();
  const { results, newest, isRunning, start, failed } = useRun(orders, action);
  const isSeveral = orders.length > 1;
  const send = async (event?: FormEvent | KeyboardEvent) => {
    event?.preventDefault();
    if (isRunning) return;
    const wrong = check?.();
    setMissing(wrong);
    if (wrong) return;
    if (await start()) {
      toast({ tone: "success", text: done });
      close();
    }
  };
  const first = isSeveral ? undefined : orders[0];
  const only = first && results.get(first.id);
  const theirs = first && newest.get(first.id);
  return (
    <Dialog
      title={title}
      size={isSeveral ? "medium" : "small"}
      close={close}
      actions={
        <>
          <Button onClick={close}>{text(results.size > 0 ? "ui.close" : cancels ? "ui.back" : "ui.cancel")}</Button>
          <Button kind="primary" type="submit" form={id} busy={isRunning} className={danger ? "ui-button-destroys" : ""}>
            {failed.length > 0 ? (isSeveral ? text("orders.run.again", { count: failed.length }) : text("ui.retry")) : confirm}
          </Button>
        </>
      }
    >
      <form
        id={id} className="stack" noValidate onSubmit={(event) => void send(event)}
        onKeyDown={(event) => { if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) void send(event); }}
      >
        {only instanceof Problem && <Banner tone="danger">{problemText(only)}</Banner>}
        {only instanceof Problem && first && <WhereTo order={first} problem={only} gone={close} />}
        {only instanceof Problem && first && theirs && <Changed before={first} after={theirs} />}
        {missing && <Banner tone="warning">{missing}</Banner>}
        {children}
      </form>
      {isSeveral && <RunResults orders={orders} results={results} newest={newest} move={move} field={field} />}
    </Dialog>
  );
}
