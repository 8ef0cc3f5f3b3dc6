import type { UserResponse } from "generated/api";
import { useState } from "react";
import { ConflictDialog } from "../../administration/ConflictDialog";
import { PickMany } from "../../administration/PickMany";
import { findAssets, useAssetOptions, useSiteOptions } from "../../administration/places";
import { useRoleName, useRoleOptions } from "../../administration/roles";
import { useApiForm } from "../../administration/useApiForm";
import { call } from "../../../shared/api/call";
import { change, Problem } from "../../../shared/data";
import { listed, useText } from "../../../shared/localization";
import { useFormat } from "../../../shared/localization/format";
import { useMay } from "../../../shared/session/session";
import { Banner, Button, Card, Form, RadioGroup, toast } from "../../../shared/ui";
import { DelegationCard } from "./DelegationCard";
import { TemporaryRoles, type TemporaryRole } from "./TemporaryRoles";

type Employment = UserResponse["employment"];
interface Draft { roles: string[]; temporaryRoles: TemporaryRole[]; siteIds: string[]; assetIds: string[]; teamId: string; employment: Employment }

const draftOf = (user: UserResponse): Draft => ({
  roles: user.roles, siteIds: user.siteIds, assetIds: user.assetIds, teamId: user.teamId ?? "", employment: user.employment,
  temporaryRoles: (user.temporaryRoles ?? []).map(({ role, expiresAt }) => ({ role, expiresAt })),
});

/** Roles, and the places that their scopes refer to. They are set together, so that nobody has half of a change. */
export function AccessTab({ user }: { user: UserResponse }) {
  const text = useText();
  const format = useFormat();
  const may = useMay();
  const roleName = useRoleName();
  const roles = useRoleOptions();
  const sites = useSiteOptions();
  const [base, setBase] = useState(user);
  const assets = useAssetOptions(base.assetIds);
  const [conflict, setConflict] = useState<{ theirs: UserResponse; yours: Draft }>();
  const reason = may("role:assign") ? undefined : text("admin.access.mayNot");
  const send = async ({ teamId, ...values }: Draft, version: number) => {
    const saved = await change("PUT /api/v1/users/{id}/roles", { path: { id: user.id }, body: { ...values, teamId: teamId.trim() || null } }, { version });
    setBase(saved);
    form.reset(draftOf(saved));
    toast({ tone: "success", text: text("admin.saved") });
  };
  const form = useApiForm<Draft>({
    initial: draftOf(base),
    check: (values) => (values.roles.length + values.temporaryRoles.length > 0 ? {} : { roles: text("admin.invite.needsRole") }),
    submit: async (values) => {
      try {
        await send(values, base.version);
      } catch (error) {
        if (Problem.from(error).code !== "stale_version") throw error;
        setConflict({ theirs: await call("GET /api/v1/users/{id}", { path: { id: user.id } }), yours: values });
        throw error;
      }
    },
  });
  const labels = {
    roles: text("admin.person.roles"), temporaryRoles: text("admin.access.temporary"), siteIds: text("admin.person.sites"),
    assetIds: text("admin.person.assets"), teamId: text("admin.person.team"), employment: text("admin.person.employment"),
  };
  const shown = (name: keyof Draft, value: unknown): string => {
    if (name === "temporaryRoles") return listed((value as TemporaryRole[]).map((one) => `${roleName(one.role)} (${format.dateTime(one.expiresAt)})`));
    if (name === "employment") return text(`admin.employment.${value as Employment}`);
    if (name === "teamId") return String(value);
    const names = name === "siteIds" ? sites : name === "assetIds" ? assets : roles;
    return listed((value as string[]).map((one) => names.find((option) => option.value === one)?.label ?? one));
  };
  const common = { disabledReason: reason, reasonAbove: true };
  return (
    <div className="admin-columns">
      <Card title={text("admin.access.title")}>
        <Form form={form} label={text("admin.access.title")}>
          {reason && <Banner icon="lock">{reason}</Banner>}
          <PickMany label={labels.roles} options={roles} {...common} {...form.field("roles")} />
          <TemporaryRoles label={labels.temporaryRoles} {...common} {...form.field("temporaryRoles")} />
          <PickMany label={labels.siteIds} hint={text("admin.person.sitesHint")} options={sites} {...common} {...form.field("siteIds")} />
          <PickMany label={labels.assetIds} hint={text("admin.access.assetsHint")} options={findAssets} known={assets} {...common} {...form.field("assetIds")} />
          <RadioGroup
            label={labels.employment} hint={text("admin.access.employmentHint")} {...common} {...form.field("employment")}
            options={(["employee", "contractor", "auditor"] as const).map((value) => ({ value, label: text(`admin.employment.${value}`) }))}
          />
          {!reason && (
            <div className="ui-form-actions">
              <Button onClick={() => form.reset()} disabledReason={form.isDirty ? undefined : text("admin.nothingChanged")}>{text("admin.reset")}</Button>
              <Button kind="primary" type="submit" busy={form.busy} disabledReason={form.isDirty ? undefined : text("admin.nothingChanged")}>{text("admin.save")}</Button>
            </div>
          )}
        </Form>
      </Card>
      {may("role:delegate") && <DelegationCard user={user} />}
      {conflict && (
        <ConflictDialog
          base={draftOf(base)} theirs={draftOf(conflict.theirs)} yours={conflict.yours} labels={labels} shown={shown}
          save={(values) => send(values, conflict.theirs.version)} close={() => setConflict(undefined)}
        />
      )}
    </div>
  );
}
