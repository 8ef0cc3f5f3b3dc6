import type { TenantResponse } from "generated/api";
import { useApiForm } from "../../administration/useApiForm";
import { change } from "../../../shared/data";
import { useText } from "../../../shared/localization";
import { Button, Dialog, Form, TextArea, toast } from "../../../shared/ui";

export function SuspendDialog({ tenant, close }: { tenant: TenantResponse; close: () => void }) {
  const text = useText();
  const form = useApiForm({
    initial: { reason: "" },
    check: (values) => (values.reason.trim() ? {} : { reason: text("admin.needed") }),
    submit: async (body) => {
      await change("POST /api/v1/tenants/{id}/suspend", { path: { id: tenant.id }, body });
      form.reset({ reason: "" });
      close();
      toast({ tone: "success", text: text("admin.tenants.isSuspended", { name: tenant.name }) });
    },
  });
  const title = text("admin.tenants.suspendAsk", { name: tenant.name });
  return (
    <Dialog
      title={title} size="small" close={close}
      actions={
        <>
          <Button onClick={close}>{text("ui.cancel")}</Button>
          <Button kind="primary" className="ui-button-destroys" busy={form.busy} onClick={() => void form.send()}>{text("admin.tenants.suspend")}</Button>
        </>
      }
    >
      <Form form={form} label={title}>
        <p>{text("admin.tenants.suspendText")}</p>
        <TextArea label={text("admin.reason")} {...form.field("reason")} />
      </Form>
    </Dialog>
  );
}
