import { type ReactNode, useId, useState } from "react";
import { useText } from "../localization";
import { Banner } from "./Banner";
import { Button } from "./Button";
import { TextField } from "./TextField";
import { IconButton } from "./IconButton";
import { Modal } from "./Modal";

export interface DialogProps {
  title: string;
  /** Escape, the cross. The caller takes the dialog away: `{open && <Dialog … />}`. */
  close: () => void;
  actions?: ReactNode;
  size?: "small" | "medium" | "large";
  /** At the end of the window instead of its middle. */
  side?: boolean;
  /** Selectors of what takes the focus; the first field unless said, or else the main button. */
  focus?: readonly string[];
  children: ReactNode;
}

export function Dialog({ title, close, actions, size = "medium", side = false, focus, children }: DialogProps) {
  const text = useText();
  const id = useId();
  return (
    <Modal labelledBy={id} className={side ? `ui-drawer ui-dialog-${size}` : `ui-dialog ui-dialog-${size}`} close={close} {...(focus ? { focus } : {})}>
      <header className="ui-dialog-header">
        <h2 id={id}>{title}</h2>
        <IconButton icon="close" label={text("ui.close")} onClick={close} />
      </header>
      <div className="ui-dialog-body">{children}</div>
      {actions && <footer className="ui-dialog-actions">{actions}</footer>}
    </Modal>
  );
}

/** A dialog along the side, for a detail beside its list. */
export function Drawer(props: Omit<DialogProps, "side">) {
  return <Dialog {...props} side />;
}

export interface ConfirmDialogProps {
  title: string;
  /** What happens, and what cannot be undone. */
  children: ReactNode;
  /** The verb: "Delete", not "OK". */
  confirm: string;
  danger?: boolean;
  /** The button can be pressed only when this has been typed. */
  phrase?: string;
  /** What it throws is shown, and the dialog stays. */
  run: () => Promise<unknown> | void;
  close: () => void;
  explain?: (error: unknown) => string;
}

export function ConfirmDialog({ title, children, confirm, danger = false, phrase, run, close, explain }: ConfirmDialogProps) {
  const text = useText();
  const [busy, setBusy] = useState(false);
  const [typed, setTyped] = useState("");
  const [problem, setProblem] = useState<string>();
  const act = async () => {
    setBusy(true);
    setProblem(undefined);
    try {
      await run();
      close();
    } catch (error) {
      setProblem(explain?.(error) ?? (error instanceof Error ? error.message : String(error)));
      setBusy(false);
    }
  };
  const reason = phrase !== undefined && typed.trim() !== phrase ? text("ui.confirm.typeFirst", { phrase }) : undefined;
  return (
    <Dialog
      title={title}
      size="small"
      close={close}
      // What cannot be undone is not done by an Enter too many: the focus is on the way out.
      {...(danger && phrase === undefined ? { focus: [".ui-dialog-actions .ui-button"] } : {})}
      actions={
        <>
          <Button onClick={close}>{text("ui.cancel")}</Button>
          <Button kind="primary" className={danger ? "ui-button-destroys" : ""} busy={busy} disabledReason={reason} onClick={() => void act()}>{confirm}</Button>
        </>
      }
    >
      <div className="stack-tight">
        {problem && <Banner tone="danger">{problem}</Banner>}
        {typeof children === "string" ? <p>{children}</p> : children}
        {phrase !== undefined && <TextField label={text("ui.confirm.type", { phrase })} value={typed} onChange={setTyped} />}
      </div>
    </Dialog>
  );
}
