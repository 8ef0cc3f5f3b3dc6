import { useApiForm } from "../../administration/useApiForm";
import { change } from "../../../shared/data";
import { useText } from "../../../shared/localization";
import { Button, Card, Form, TextField, toast } from "../../../shared/ui";

const empty = { currentPassword: "", newPassword: "", again: "" };

export function PasswordCard() {
  const text = useText();
  const form = useApiForm({
    initial: empty,
    check: (values) => ({
      ...(values.currentPassword ? {} : { currentPassword: text("admin.needed") }),
      ...(values.newPassword.length >= 12 ? {} : { newPassword: text("admin.me.passwordShort") }),
      ...(values.again === values.newPassword ? {} : { again: text("admin.me.passwordOther") }),
    }),
    submit: async ({ currentPassword, newPassword }) => {
      await change("PUT /api/v1/auth/password", { body: { currentPassword, newPassword } });
      form.reset(empty);
      toast({ tone: "success", text: text("admin.me.passwordDone") });
    },
  });
  return (
    <Card title={text("admin.me.password")}>
      <Form form={form} label={text("admin.me.password")}>
        <TextField type="password" autoComplete="current-password" label={text("admin.me.passwordNow")} {...form.field("currentPassword")} />
        <div className="ui-form-row">
          <TextField type="password" autoComplete="new-password" label={text("admin.me.passwordNew")} hint={text("admin.me.passwordHint")} {...form.field("newPassword")} />
          <TextField type="password" autoComplete="new-password" label={text("admin.me.passwordAgain")} {...form.field("again")} />
        </div>
        <div className="ui-form-actions"><Button type="submit" busy={form.busy}>{text("admin.me.passwordChange")}</Button></div>
      </Form>
    </Card>
  );
}
