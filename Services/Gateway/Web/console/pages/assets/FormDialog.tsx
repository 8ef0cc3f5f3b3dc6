import { type ReactNode, useId } from "react";
import { useText } from "../../../shared/localization";
import { Button, Dialog, Form, type FormState } from "../../../shared/ui";

interface FormDialogProps<Values extends object> {
  title: string;
  form: FormState<Values>;
  /** The verb: "Create". */
  confirm: string;
  close: () => void;
  children: ReactNode;
}

/** A form in a dialog; its buttons stand in the foot. */
export function FormDialog<Values extends object>({ title, form, confirm, close, children }: FormDialogProps<Values>) {
  const text = useText();
  const id = useId();
  return (
    <Dialog
      title={title}
      close={close}
      actions={
        <>
          <Button onClick={close}>{text("ui.cancel")}</Button>
          <Button kind="primary" type="submit" form={id} busy={form.busy}>{confirm}</Button>
        </>
      }
    >
      <Form form={form} id={id} label={title}>{children}</Form>
    </Dialog>
  );
}
