import { useMemo, useState } from "react";
import { allPermissions, type Role, useRoleName, useRoles } from "../../administration/roles";
import { useApiForm } from "../../administration/useApiForm";
import { call } from "../../../shared/api/call";
import { change, Problem } from "../../../shared/data";
import { useText } from "../../../shared/localization";
import { navigate } from "../../../shared/router";
import { useMay } from "../../../shared/session/session";
import { Banner, Button, Checkbox, Drawer, Form, NumberField, Select, TextArea, TextField, toast } from "../../../shared/ui";
import { type Draft, draftOf, grantsFrom } from "./draft";
import { GrantsField } from "./GrantsField";
import { RoleConflict } from "./RoleConflict";

/** A role of the organization's own: a new one, a change, or one that replaces a built-in role of the same name. */
export function RoleEditor({ role, close }: { role: Role | undefined; close: () => void }) {
  const text = useText();
  const may = useMay();
  const { roles } = useRoles();
  const roleName = useRoleName();
  const all = useMemo(() => allPermissions(roles), [roles]);
  const own = role && !role.isSystem ? role : undefined;
  // What the person began from, whatever arrives meanwhile.
  const [initial] = useState(() => draftOf(role, all));
  const [conflict, setConflict] = useState<{ theirs: Role; yours: Draft }>();
  const send = async ({ name, displayName, description, ...rest }: Draft, version: number | undefined) => {
    const body = { ...rest, displayName: displayName.trim() || null, description: description.trim() || null };
    const saved = own
      ? await change("PUT /api/v1/roles/{id}", { path: { id: own.id }, body }, { also: ["users"], ...(version === undefined ? {} : { version }) })
      : await change("POST /api/v1/roles", { body: { name: name.trim(), ...body } }, { also: ["users"] });
    form.reset();
    close();
    navigate(`/roles?role=${encodeURIComponent(saved.role)}`);
    toast({ tone: "success", text: text("admin.saved") });
  };
  const form = useApiForm<Draft>({
    initial,
    check: (values) => ({
      ...(values.name.trim() ? {} : { name: text("admin.needed") }),
      ...(values.grants.length > 0 ? {} : { grants: text("admin.roles.needsGrant") }),
    }),
    submit: async (values) => {
      try {
        await send(values, own?.version);
      } catch (error) {
        if (Problem.from(error).code !== "stale_version") throw error;
        const theirs = (await call("GET /api/v1/roles", {})).items.find((one) => one.id === own?.id);
        if (theirs) setConflict({ theirs, yours: values });
        throw error;
      }
    },
  });
  const title = own ? text("admin.roles.editTitle", { name: own.displayName ?? own.role }) : text("admin.roles.create");
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
          <NumberField label={text("admin.roles.idle")} unit={text("orders.hours.minutes")} digits={0} min={20} max={10080} required={false} {...form.field("sessionIdleMinutes")} />
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
      {conflict && (
        <RoleConflict
          base={initial} theirs={draftOf(conflict.theirs, all)} yours={conflict.yours} close={() => setConflict(undefined)}
          save={(values) => send(values, conflict.theirs.version)}
        />
      )}
    </Drawer>
  );
}
