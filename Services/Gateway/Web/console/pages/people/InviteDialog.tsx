import { useMemo } from "react";
import { PickMany } from "../../administration/PickMany";
import { findAssets, useSiteOptions } from "../../administration/places";
import { useRoleOptions } from "../../administration/roles";
import { useApiForm } from "../../administration/useApiForm";
import { change } from "../../../shared/data";
import { useText } from "../../../shared/localization";
import { navigate } from "../../../shared/router";
import { Button, Dialog, Form, RadioGroup, TagsField, TextField, toast } from "../../../shared/ui";

type Employment = "employee" | "contractor" | "auditor";
interface Draft { email: string; firstName: string; lastName: string; roles: string[]; siteIds: string[]; assetIds: string[]; employment: Employment; phone: string; code: string; skills: string[] }
const empty: Draft = { email: "", firstName: "", lastName: "", roles: [], siteIds: [], assetIds: [], employment: "employee", phone: "", code: "", skills: [] };

/** One person is invited by mail, and chooses a password themselves. */
export function InviteDialog({ close }: { close: () => void }) {
  const text = useText();
  const roles = useRoleOptions();
  const sites = useSiteOptions();
  const initial = useMemo(() => empty, []);
  const form = useApiForm<Draft>({
    initial,
    check: (values) => ({
      ...(values.email.includes("@") ? {} : { email: text("admin.invite.needsEmail") }),
      ...(values.firstName.trim() ? {} : { firstName: text("admin.needed") }),
      ...(values.lastName.trim() ? {} : { lastName: text("admin.needed") }),
      ...(values.roles.length > 0 ? {} : { roles: text("admin.invite.needsRole") }),
    }),
    submit: async ({ phone, code, ...values }) => {
      const user = await change("POST /api/v1/users", { body: { ...values, ...(phone ? { phone } : {}), ...(code ? { code } : {}) } });
      form.reset(empty);
      close();
      toast({ tone: "success", text: text("admin.invite.done", { name: user.displayName }), action: { label: text("admin.show"), run: () => navigate(`/people/${user.id}`) } });
    },
  });
  return (
    <Dialog
      title={text("admin.invite.title")} close={close}
      actions={<><Button onClick={close}>{text("ui.cancel")}</Button><Button kind="primary" busy={form.busy} onClick={() => void form.send()}>{text("admin.invite.send")}</Button></>}
    >
      <Form form={form} label={text("admin.invite.title")}>
        <TextField label={text("admin.person.email")} type="email" required autoFocus hint={text("admin.invite.emailHint")} {...form.field("email")} />
        <div className="ui-form-row">
          <TextField label={text("admin.person.firstName")} required {...form.field("firstName")} />
          <TextField label={text("admin.person.lastName")} required {...form.field("lastName")} />
        </div>
        <PickMany label={text("admin.person.roles")} options={roles} {...form.field("roles")} />
        <PickMany label={text("admin.person.sites")} required={false} hint={text("admin.person.sitesHint")} options={sites} {...form.field("siteIds")} />
        <PickMany label={text("admin.person.assets")} required={false} options={findAssets} {...form.field("assetIds")} />
        <RadioGroup
          label={text("admin.person.employment")} {...form.field("employment")}
          options={(["employee", "contractor", "auditor"] as const).map((value) => ({ value, label: text(`admin.employment.${value}`) }))}
        />
        <div className="ui-form-row">
          <TextField label={text("admin.person.phone")} type="tel" required={false} placeholder="+49301234567" {...form.field("phone")} />
          <TextField label={text("admin.person.code")} required={false} {...form.field("code")} />
        </div>
        <TagsField label={text("admin.person.skills")} required={false} {...form.field("skills")} />
        <button type="submit" hidden />
      </Form>
    </Dialog>
  );
}
