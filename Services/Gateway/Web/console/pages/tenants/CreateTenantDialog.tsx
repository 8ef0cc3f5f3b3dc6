import { useMemo } from "react";
import { currencies, languages, zoneOptions } from "../../administration/choices";
import { useApiForm } from "../../administration/useApiForm";
import { change } from "../../../shared/data";
import { useText } from "../../../shared/localization";
import { Button, Combobox, Dialog, Form, Select, TextField, toast } from "../../../shared/ui";

/** A new organization, with the person who administers it: they are invited by mail. */
export function CreateTenantDialog({ close }: { close: () => void }) {
  const text = useText();
  const initial = useMemo(() => ({ name: "", email: "", displayName: "", timeZone: "UTC" as string | null, currency: "EUR", language: "en" }), []);
  const form = useApiForm({
    initial,
    check: (values) => ({
      ...(values.name.trim() ? {} : { name: text("admin.needed") }),
      ...(values.email.includes("@") ? {} : { email: text("admin.invite.needsEmail") }),
      ...(values.displayName.trim() ? {} : { displayName: text("admin.needed") }),
    }),
    submit: async ({ email, displayName, ...values }) => {
      await change("POST /api/v1/tenants", { body: { ...values, administrator: { email, displayName } } });
      form.reset();
      close();
      toast({ tone: "success", text: text("admin.tenants.created", { name: values.name, email }) });
    },
  });
  return (
    <Dialog
      title={text("admin.tenants.create")} close={close}
      actions={<><Button onClick={close}>{text("ui.cancel")}</Button><Button kind="primary" busy={form.busy} onClick={() => void form.send()}>{text("admin.tenants.create")}</Button></>}
    >
      <Form form={form} label={text("admin.tenants.create")}>
        <TextField label={text("admin.tenants.name")} autoFocus {...form.field("name")} />
        <div className="ui-form-row">
          <TextField label={text("admin.tenants.adminName")} {...form.field("displayName")} />
          <TextField label={text("admin.tenants.adminEmail")} type="email" {...form.field("email")} />
        </div>
        <Combobox label={text("admin.tenant.timeZone")} required options={zoneOptions()} {...form.field("timeZone")} />
        <div className="ui-form-row">
          <Select label={text("admin.tenant.currency")} options={currencies} {...form.field("currency")} />
          <Select label={text("admin.me.language")} options={languages()} {...form.field("language")} />
        </div>
      </Form>
    </Dialog>
  );
}
