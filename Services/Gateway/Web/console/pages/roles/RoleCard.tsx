import { useState } from "react";
import { readIfStale } from "../../administration/readIfStale";
import { type Role, useRoleName } from "../../administration/roles";
import { explain } from "../../administration/useApiForm";
import { change, useData } from "../../../shared/data";
import { useText } from "../../../shared/localization";
import { useFormat } from "../../../shared/localization/format";
import { Link, navigate } from "../../../shared/router";
import { useMay } from "../../../shared/session/session";
import { Button, Card, ConfirmDialog, KeyValue, toast } from "../../../shared/ui";

/** One role: what holds for its sessions, who has it, and what can be done with it. */
export function RoleCard({ role, edit }: { role: Role; edit: (role: Role) => void }) {
  const text = useText();
  const format = useFormat();
  const may = useMay();
  const roleName = useRoleName();
  const [isDeleting, setIsDeleting] = useState(false);
  const { retry } = useData("GET /api/v1/roles", {});
  const people = useData("GET /api/v1/users", may("user:read") ? { query: { role: role.role, limit: 100 } } : null).data;
  const count = people ? (people.nextCursor ? text("admin.roles.many", { count: people.items.length }) : text("admin.roles.people", { count: people.items.length })) : undefined;
  const name = roleName(role.role);
  const actions = may("role:manage") && (
    <>
      <Button size="small" icon={role.isSystem ? "copy" : "edit"} onClick={() => edit(role)}>{text(role.isSystem ? "admin.roles.replace" : "admin.roles.edit")}</Button>
      {!role.isSystem && <Button size="small" kind="danger" icon="trash" onClick={() => setIsDeleting(true)}>{text("admin.roles.delete")}</Button>}
    </>
  );
  return (
    <Card title={name} actions={actions}>
      <KeyValue
        columns
        entries={[
          { label: text("admin.roles.name"), value: <code>{role.role}</code> },
          { label: text("admin.roles.kind"), value: text(role.isSystem ? "admin.roles.builtIn" : "admin.roles.ofOrganization") },
          { label: text("admin.roles.description"), value: role.isSystem ? undefined : role.description ?? undefined },
          { label: text("admin.roles.who"), value: count && <Link to={`/people?role=${encodeURIComponent(role.role)}`}>{count}</Link> },
          { label: text("admin.roles.mfa"), value: text(role.requiresMfa ? "admin.yes" : "admin.no") },
          { label: text("admin.roles.session"), value: role.sessionHours ? format.duration(role.sessionHours * 3_600_000) : text("admin.roles.asOthers") },
          { label: text("admin.roles.idle"), value: role.sessionIdleMinutes ? format.duration(role.sessionIdleMinutes * 60_000) : text("admin.roles.asOthers") },
        ]}
      />
      {isDeleting && (
        <ConfirmDialog
          title={text("admin.roles.deleteAsk", { name })} confirm={text("admin.roles.delete")} danger explain={explain} close={() => setIsDeleting(false)}
          run={async () => {
            await readIfStale(change("DELETE /api/v1/roles/{id}", { path: { id: role.id } }, { version: role.version }), retry);
            navigate("/roles");
            toast({ tone: "success", text: text("admin.roles.deleted", { name }) });
          }}
        >
          {text("admin.roles.deleteText")}
        </ConfirmDialog>
      )}
    </Card>
  );
}
