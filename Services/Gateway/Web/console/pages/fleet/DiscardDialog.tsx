import { useApiForm } from "../../administration/useApiForm";
import { useText } from "../../../shared/localization";
import { Button, Dialog, Form, TextArea, toast } from "../../../shared/ui";

export function DiscardDialog({ text: words, run, close }: { text: string; run: (reason: string) => Promise<unknown>; close: () => void }) {
  const text = useText();
  const form = useApiForm({
    initial: { reason: "" },
    check: (values) => (values.reason.trim() ? {} : { reason: text("admin.needed") }),
    submit: async ({ reason }) => {
      await run(reason);
      form.reset({ reason: "" });
      close();
      toast({ tone: "success", text: text("admin.fleet.discarded") });
    },
  });
  return (
    <Dialog
      title={text("admin.fleet.discardAsk")} size="small" close={close}
      actions={
        <>
          <Button onClick={close}>{text("ui.cancel")}</Button>
          <Button kind="primary" className="ui-button-destroys" busy={form.busy} onClick={() => void form.send()}>{text("admin.fleet.discard")}</Button>
        </>
      }
    >
      <Form form={form} label={text("admin.fleet.discardAsk")}>
        <p>{words}</p>
        <TextArea label={text("admin.reason")} {...form.field("reason")} />
      </Form>
    </Dialog>
  );
}
