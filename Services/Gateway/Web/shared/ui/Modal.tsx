import { type ReactNode, useLayoutEffect, useRef } from "react";
import { classes } from "./classes";

interface ModalProps {
  labelledBy?: string;
  label?: string;
  className: string;
  close: () => void;
  /** A press beside it closes: only where nothing is typed. */
  light?: boolean;
  /** Selectors of what takes the focus, the first that is there. React's own `autoFocus` comes too early, before the dialog is shown. */
  focus?: readonly string[];
  children: ReactNode;
}

const firstField = [".ui-dialog-body :is(input, select, textarea):not([readonly])", ".ui-dialog-actions .ui-button-primary"];

/** The browser's own modal dialog: the page behind is inert, the focus stays inside and goes back to where it was. */
export function Modal({ labelledBy, label, className, close, light = false, focus = firstField, children }: ModalProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  useLayoutEffect(() => {
    const before = document.activeElement;
    const element = dialog.current;
    if (element && !element.open) element.showModal();
    for (const selector of focus) {
      const wanted = element?.querySelector<HTMLElement>(selector);
      if (!wanted) continue;
      wanted.focus();
      break;
    }
    return () => {
      element?.close();
      if (!(before instanceof HTMLElement) || before === document.body) return;
      // What opened it may be gone: a button for a step that is done. Then the page goes on from its beginning, not from the address bar.
      (before.isConnected ? before : document.getElementById("content"))?.focus({ preventScroll: !before.isConnected });
    };
    // Once, when it opens.
  }, []);
  return (
    <dialog
      ref={dialog}
      className={classes("ui-modal", className)}
      aria-labelledby={labelledBy}
      aria-label={label}
      onCancel={(event) => { event.preventDefault(); close(); }}
      onKeyDown={(event) => {
        // Keys of the page behind do nothing while a dialog is open. Escape is taken here: the browser would close without asking.
        event.stopPropagation();
        if (event.key !== "Escape" || event.defaultPrevented) return;
        event.preventDefault();
        close();
      }}
      // A form in a dialog is no part of one around it.
      onSubmit={(event) => event.stopPropagation()}
      onPointerDown={(event) => { if (light && event.target === dialog.current) close(); }}
    >
      {children}
    </dialog>
  );
}
