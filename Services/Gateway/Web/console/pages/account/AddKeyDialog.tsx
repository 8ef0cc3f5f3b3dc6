import { explain, useApiForm } from "../../administration/useApiForm";
import { change } from "../../../shared/data";
import { useText } from "../../../shared/localization";
import { createKey, KeyError } from "../../../shared/session/securityKey";
import { Banner, Button, Dialog, Form, TextField, toast } from "../../../shared/ui";

/** A name for the key, so that one knows it again; then the browser asks for the key itself. */
export function AddKeyDialog({ done, close }: { done: (codes: string[] | null) => void; close: () => void }) {
  const text = useText();
  const form = useApiForm({
    initial: { name: "" },
    check: ({ name }) => (name.trim() === "" ? { name: text("admin.needed") } : {}),
    explain: (error) => (error instanceof KeyError ? text(`admin.securityKeys.${error.failure}`, { host: location.hostname }) : explain(error)),
    submit: async ({ name }) => {
      const options = await change("POST /api/v1/auth/mfa/security-keys/options", {});
      const credential = await createKey(options);
      const { key, recoveryCodes } = await change("POST /api/v1/auth/mfa/security-keys", { body: { name: name.trim(), credential } });
      form.reset({ name: "" });
      toast({ tone: "success", text: text("admin.securityKeys.added", { name: key.name }) });
      done(recoveryCodes ?? null);
    },
  });
  return (
    <Dialog
      title={text("admin.securityKeys.add")} size="small" close={close}
      actions={<><Button onClick={close}>{text("ui.cancel")}</Button><Button kind="primary" busy={form.busy} onClick={() => void form.send()}>{text("admin.securityKeys.confirm")}</Button></>}
    >
      <Form form={form} label={text("admin.securityKeys.add")}>
        <TextField label={text("admin.securityKeys.name")} hint={text("admin.securityKeys.nameHint")} maxLength={60} required {...form.field("name")} />
        {form.busy && <Banner icon="key">{text("admin.securityKeys.waiting")}</Banner>}
      </Form>
    </Dialog>
  );
}
