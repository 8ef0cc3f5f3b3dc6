import type { APIKeyRoutesAPIKeyResponse as Key } from "generated/api";
import { useMemo } from "react";
import { PickMany } from "../../administration/PickMany";
import { findAssets, useSiteOptions } from "../../administration/places";
import { useRoleOptions } from "../../administration/roles";
import { useApiForm } from "../../administration/useApiForm";
import { change } from "../../../shared/data";
import { useLocalization, useText } from "../../../shared/localization";
import { Button, DateTimeField, Dialog, Form, TextField } from "../../../shared/ui";

interface Draft { name: string; roles: string[]; siteIds: string[]; assetIds: string[]; expiresAt: string | null }
/** Ninety days: the usual life of a key. */
const usualEnd = (): string => new Date(Math.ceil(Date.now() / 60_000) * 60_000 + 90 * 86_400_000).toISOString();

export function CreateKeyDialog({ close, made }: { close: () => void; made: (key: Key) => void }) {
  const text = useText();
  const { zone } = useLocalization();
  const roles = useRoleOptions();
  const sites = useSiteOptions();
  const initial = useMemo<Draft>(() => ({ name: "", roles: [], siteIds: [], assetIds: [], expiresAt: usualEnd() }), []);
  const form = useApiForm<Draft>({
    initial,
    check: (values) => ({
      ...(values.name.trim() ? {} : { name: text("admin.needed") }),
      ...(values.roles.length > 0 ? {} : { roles: text("admin.invite.needsRole") }),
      ...(values.expiresAt ? {} : { expiresAt: text("admin.needed") }),
    }),
    submit: async (values) => {
      const key = await change("POST /api/v1/api-keys", { body: { ...values, expiresAt: values.expiresAt ?? "" } });
      form.reset();
      close();
      made(key);
    },
  });
  return (
    <Dialog
      title={text("admin.keys.create")} close={close}
      actions={<><Button onClick={close}>{text("ui.cancel")}</Button><Button kind="primary" busy={form.busy} onClick={() => void form.send()}>{text("admin.keys.create")}</Button></>}
    >
      <Form form={form} label={text("admin.keys.create")}>
        <TextField label={text("admin.people.name")} hint={text("admin.keys.nameHint")} autoFocus {...form.field("name")} />
        <PickMany label={text("admin.person.roles")} hint={text("admin.keys.rolesHint")} options={roles} {...form.field("roles")} />
        <PickMany label={text("admin.person.sites")} required={false} hint={text("admin.person.sitesHint")} options={sites} {...form.field("siteIds")} />
        <PickMany label={text("admin.person.assets")} required={false} options={findAssets} {...form.field("assetIds")} />
        <DateTimeField label={text("admin.keys.end")} zone={zone} {...form.field("expiresAt")} />
      </Form>
    </Dialog>
  );
}
