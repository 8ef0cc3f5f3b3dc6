import type { SecurityKeyResponse } from "generated/api";
import { useApiForm } from "../../administration/useApiForm";
import { change } from "../../../shared/data";
import { useText } from "../../../shared/localization";
import { Button, Dialog, Form, TextField } from "../../../shared/ui";

export function RenameKeyDialog({ securityKey, close }: { securityKey: SecurityKeyResponse; close: () => void }) {
  const text = useText();
  const form = useApiForm({
    initial: { name: securityKey.name },
    check: ({ name }) => (name.trim() === "" ? { name: text("admin.needed") } : {}),
    submit: async ({ name }) => {
      await change("PATCH /api/v1/auth/mfa/security-keys/{id}", { path: { id: securityKey.id }, body: { name: name.trim() } });
      close();
    },
  });
  return (
    <Dialog
      title={text("admin.securityKeys.renameOne", { name: securityKey.name })} size="small" close={close}
      actions={<><Button onClick={close}>{text("ui.cancel")}</Button><Button kind="primary" busy={form.busy} onClick={() => void form.send()}>{text("admin.securityKeys.rename")}</Button></>}
    >
      <Form form={form} label={text("admin.securityKeys.rename")}>
        <TextField label={text("admin.securityKeys.name")} maxLength={60} required {...form.field("name")} />
      </Form>
    </Dialog>
  );
}
