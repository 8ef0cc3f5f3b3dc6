import { type ReactNode, useId } from "react";
import { useText } from "../../../shared/localization";
import { Button, Dialog, Form, type DialogProps, type FormState } from "../../../shared/ui";

interface FormDialogProps<Values extends object> {
  title: string;
  form: FormState<Values>;
  /** The verb: "Create". */
  confirm: string;
  size?: DialogProps["size"];
  /** Something is taken away. */
  danger?: boolean;
  /** What takes the focus, if not the first field. */
  focus?: DialogProps["focus"];
  close: () => void;
  children: ReactNode;
}

/** A form in a dialog; its buttons stand in the foot. Where Enter makes a new line, it sends with Ctrl or ⌘. */
export function FormDialog<Values extends object>({ title, form, confirm, size = "medium", danger = false, focus, close, children }: FormDialogProps<Values>) {
  const text = useText();
  const id = useId();
  return (
    <Dialog
      title={title}
      size={size}
      close={close}
      {...(focus ? { focus } : {})}
      actions={
        <>
          <Button onClick={close}>{text("ui.cancel")}</Button>
          <Button kind="primary" type="submit" form={id} busy={form.busy} className={danger ? "ui-button-destroys" : ""}>{confirm}</Button>
        </>
      }
    >
      <div onKeyDown={(event) => { if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && !event.defaultPrevented) { event.preventDefault(); void form.send(); } }}>
        <Form form={form} id={id} label={title}>{children}</Form>
      </div>
    </Dialog>
  );
}
