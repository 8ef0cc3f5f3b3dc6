import type { UserResponse } from "generated/api";
import { useState } from "react";
import { PickMany } from "../../administration/PickMany";
import { useRoleName } from "../../administration/roles";
import { explain, useApiForm } from "../../administration/useApiForm";
import { change } from "../../../shared/data";
import { listed, useLocalization, useText } from "../../../shared/localization";
import { useFormat } from "../../../shared/localization/format";
import { useUser } from "../../../shared/session/session";
import { Button, Card, ConfirmDialog, DateTimeField, Form, toast } from "../../../shared/ui";

/** One's own roles, given to somebody for a time: for a holiday. */
export function DelegationCard({ user }: { user: UserResponse }) {
  const text = useText();
  const { zone } = useLocalization();
  const format = useFormat();
  const self = useUser();
  const roleName = useRoleName();
  const [isEnding, setIsEnding] = useState(false);
  const given = (user.temporaryRoles ?? []).filter((one) => one.assignedBy === self.id);
  const form = useApiForm<{ roles: string[]; until: string | null }>({
    initial: { roles: [], until: null },
    check: (values) => ({
      ...(values.roles.length > 0 ? {} : { roles: text("admin.invite.needsRole") }),
      ...(values.until ? {} : { until: text("admin.needed") }),
    }),
    submit: async ({ roles, until }) => {
      await change("PUT /api/v1/users/{id}/delegation", { path: { id: user.id }, body: { roles, until: until ?? "" } });
      form.reset({ roles: [], until: null });
      toast({ tone: "success", text: text("admin.delegate.done", { name: user.displayName }) });
    },
  });
  if (self.id === user.id) return null;
  return (
    <Card title={text("admin.delegate.title")}>
      <div className="stack">
        <p className="muted">{text("admin.delegate.text", { name: user.displayName })}</p>
        {given.length > 0 && (
          <div className="row-apart">
            <span>{listed(given.map((one) => text("admin.access.until", { role: roleName(one.role), time: format.dateTime(one.expiresAt) })))}</span>
            <Button size="small" onClick={() => setIsEnding(true)}>{text("admin.delegate.end")}</Button>
          </div>
        )}
        <Form form={form} label={text("admin.delegate.title")}>
          <PickMany label={text("admin.delegate.roles")} options={self.roles.map((role) => ({ value: role, label: roleName(role) }))} {...form.field("roles")} />
          <DateTimeField label={text("admin.access.temporaryEnd")} zone={zone} min={new Date().toISOString()} {...form.field("until")} />
          <div className="ui-form-actions"><Button type="submit" busy={form.busy}>{text("admin.delegate.run")}</Button></div>
        </Form>
      </div>
      {isEnding && (
        <ConfirmDialog
          title={text("admin.delegate.ask", { name: user.displayName })} confirm={text("admin.delegate.end")} explain={explain} close={() => setIsEnding(false)}
          run={() => change("DELETE /api/v1/users/{id}/delegation", { path: { id: user.id } })}
        >
          {text("admin.delegate.endText")}
        </ConfirmDialog>
      )}
    </Card>
  );
}
