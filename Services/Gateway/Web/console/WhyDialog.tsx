import { useState, type ReactNode } from "react";
import { useText } from "../shared/localization";
import { TextArea, toast } from "../shared/ui";
import { useApiForm } from "./administration/useApiForm";
import { FormDialog } from "./pages/assets/FormDialog";

interface WhyDialogProps {
  title: string;
  /** The verb on the button. */
  confirm: string;
  /** Said when it is done. */
  done: string;
  run: (reason: string) => Promise<unknown>;
  close: () => void;
  /** What becomes of it. */
  children: ReactNode;
}

/** Something of the record is taken back, which is kept together with the reason. */
export function WhyDialog({ title, confirm, done, run, close, children }: WhyDialogProps) {
  const text = useText();
  const [initial] = useState({ reason: "" });
  const form = useApiForm({
    initial,
    check: ({ reason }) => (reason.trim() ? {} : { reason: text("orders.move.reason_missing") }),
    submit: async ({ reason }) => {
      await run(reason.trim());
      form.reset(initial);
      close();
      toast({ tone: "success", text: done });
    },
  });
  return (
    <FormDialog title={title} form={form} confirm={confirm} size="small" danger close={close}>
      <div>{children}</div>
      <TextArea label={text("orders.move.reason")} required maxLength={2000} {...form.field("reason")} />
    </FormDialog>
  );
}
