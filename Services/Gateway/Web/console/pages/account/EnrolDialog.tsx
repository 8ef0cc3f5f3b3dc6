import type { EnrolmentResponse } from "generated/api";
import { useApiForm } from "../../administration/useApiForm";
import { change } from "../../../shared/data";
import { useText } from "../../../shared/localization";
import { useFormat } from "../../../shared/localization/format";
import { QRCode } from "../../../shared/qr/QRCode";
import { Button, CopyButton, Dialog, Form, TextField } from "../../../shared/ui";

/** The secret for the authenticator app, and the first code as the proof that it has it. */
export function EnrolDialog({ enrolment, done, close }: { enrolment: EnrolmentResponse; done: (codes: string[]) => void; close: () => void }) {
  const text = useText();
  const format = useFormat();
  const form = useApiForm({
    initial: { code: "" },
    check: (values) => (/^\d{6}$/.test(values.code.replace(/\s/g, "")) ? {} : { code: text("admin.mfa.sixDigits") }),
    submit: async ({ code }) => {
      const { recoveryCodes } = await change("POST /api/v1/auth/mfa/totp/confirmation", { body: { code: code.replace(/\s/g, "") } });
      form.reset({ code: "" });
      done(recoveryCodes);
    },
  });
  return (
    <Dialog
      title={text("admin.mfa.add")} close={close}
      actions={<><Button onClick={close}>{text("ui.cancel")}</Button><Button kind="primary" busy={form.busy} onClick={() => void form.send()}>{text("admin.mfa.confirm")}</Button></>}
    >
      <div className="stack">
        <p>{text("admin.mfa.step1")}</p>
        <div className="admin-qr"><QRCode value={enrolment.uri} label={text("admin.mfa.qr")} /></div>
        <p>{text("admin.mfa.orType")}</p>
        <div className="admin-secret">
          <code>{enrolment.secret.replace(/(.{4})/g, "$1 ").trim()}</code>
          <CopyButton value={enrolment.secret} words label={text("admin.mfa.copySecret")} />
        </div>
        <p><a href={enrolment.uri}>{text("admin.mfa.openApp")}</a></p>
        <p>{text("admin.mfa.step2", { time: format.time(enrolment.expiresAt) })}</p>
        <Form form={form} label={text("admin.mfa.add")}>
          <TextField label={text("admin.mfa.code")} inputMode="numeric" autoComplete="one-time-code" autoFocus {...form.field("code")} />
        </Form>
      </div>
    </Dialog>
  );
}
