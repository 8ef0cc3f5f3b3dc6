import type { RoleRoutesGrantInput as Grant } from "generated/api";
import { useMemo } from "react";
import { allPermissions, type Role, useRoleName, useRoles } from "../../administration/roles";
import { useApiForm } from "../../administration/useApiForm";
import { change } from "../../../shared/data";
import { useText } from "../../../shared/localization";
import { navigate } from "../../../shared/router";
import { useMay } from "../../../shared/session/session";
import { Banner, Button, Checkbox, Drawer, Form, NumberField, Select, TextArea, TextField, toast } from "../../../shared/ui";
import { GrantsField } from "./GrantsField";

interface Draft { name: string; displayName: string; description: string; grants: Grant[]; requiresMfa: boolean; sessionHours: number | null; sessionIdleMinutes: number | null }

const draftOf = (role: Role | undefined, all: readonly string[]): Draft => ({
  name: role?.role ?? "", displayName: role?.displayName ?? "", description: role?.description ?? "", requiresMfa: role?.requiresMfa ?? false,
  sessionHours: role?.sessionHours ?? null, sessionIdleMinutes: role?.sessionIdleMinutes ?? null, grants: role ? grantsFrom(role, all) : [],
});

const grantsFrom = (role: Role, all: readonly string[]): Grant[] =>
  role.grants.flatMap((grant) =>
    (grant.permission === "*" ? all.filter((one) => !one.startsWith("platform:")) : [grant.permission]).map((permission) =>
      ({ permission, scope: grant.scope, ...(grant.condition ? { condition: grant.condition } : {}) }) as Grant));

/** A role of the organization's own: a new one, a change, or one that replaces a built-in role of the same name. */
export function RoleEditor({ role, close }: { role: Role | undefined; close: () => void }) {
  const text = useText();
  const may = useMay();
  const { roles } = useRoles();
  const roleName = useRoleName();
  const all = useMemo(() => allPermissions(roles), [roles]);
  const own = role && !role.isSystem ? role : undefined;
  const initial = useMemo(() => draftOf(role, all), [role, all]);
  const form = useApiForm<Draft>({
    initial,
    check: (values) => ({
      ...(values.name.trim() ? {} : { name: text("admin.needed") }),
      ...(values.grants.length > 0 ? {} : { grants: text("admin.roles.needsGrant") }),
    }),
    submit: async ({ name, displayName, description, ...rest }) => {
      const body = { ...rest, displayName: displayName.trim() || null, description: description.trim() || null };
      const saved = own
        ? await change("PUT /api/v1/roles/{id}", { path: { id: own.id }, body }, { also: ["users"] })
        : await change("POST /api/v1/roles", { body: { name: name.trim(), ...body } }, { also: ["users"] });
      form.reset();
      close();
      navigate(`/roles?role=${encodeURIComponent(saved.role)}`);
      toast({ tone: "success", text: text("admin.saved") });
    },
  });
  const title = own ? text("admin.roles.editTitle", { name: roleName(own.role) }) : text("admin.roles.create");
  return (
    <Drawer
      title={title} size="large" close={close}
      actions={<><Button onClick={close}>{text("ui.cancel")}</Button><Button kind="primary" busy={form.busy} onClick={() => void form.send()}>{text("admin.save")}</Button></>}
    >
      <Form form={form} label={title} className="admin-form-wide">
        {role?.isSystem && <Banner>{text("admin.roles.replaceText", { name: roleName(role.role) })}</Banner>}
        <div className="ui-form-row">
          <TextField label={text("admin.roles.name")} hint={text("admin.roles.nameHint")} disabledReason={own && text("admin.roles.nameFixed")} {...form.field("name")} />
          <TextField label={text("admin.person.displayName")} required={false} {...form.field("displayName")} />
        </div>
        <TextArea label={text("admin.roles.description")} required={false} rows={2} {...form.field("description")} />
        <div className="ui-form-row">
          <NumberField label={text("admin.roles.session")} unit="h" digits={0} min={1} max={168} required={false} {...form.field("sessionHours")} />
          <NumberField label={text("admin.roles.idle")} unit="min" digits={0} min={20} max={10080} required={false} {...form.field("sessionIdleMinutes")} />
        </div>
        <Checkbox label={text("admin.roles.mfa")} value={form.values.requiresMfa} onChange={(requiresMfa) => form.set({ requiresMfa })} />
        {!role && (
          <Select
            label={text("admin.roles.startFrom")} hint={text("admin.roles.startHint")} value="" placeholder={text("admin.access.chooseRole")}
            options={roles.map((one) => ({ value: one.role, label: roleName(one.role) }))}
            onChange={(name) => {
              const from = roles.find((one) => one.role === name);
              if (from) form.set({ grants: grantsFrom(from, all).filter((grant) => may(grant.permission as never)) });
            }}
          />
        )}
        <GrantsField label={text("admin.roles.grants")} all={all} {...form.field("grants")} />
      </Form>
    </Drawer>
  );
}
