import type { ProviderResponse, SetProvider } from "generated/api";
import { useState } from "react";
import { ConflictDialog } from "../../administration/ConflictDialog";
import { useApiForm } from "../../administration/useApiForm";
import { call } from "../../../shared/api/call";
import { change, Problem } from "../../../shared/data";
import { listed, useText } from "../../../shared/localization";
import { Button, Card, Checkbox, Form, Select, TagsField, TextArea, TextField, toast } from "../../../shared/ui";
import { GroupMapping } from "./GroupMapping";

type Kind = ProviderResponse["kind"];
interface Draft {
  kind: Kind; issuer: string; clientId: string; clientSecret: string; metadata: string; scopes: string[]; groupsClaim: string; roleMapping: ProviderResponse["roleMapping"];
  isEnabled: boolean; allowsPasswords: boolean; passwordLogin: boolean; trustsEmail: boolean;
}

const kinds: Kind[] = ["oidc", "keycloak", "auth0", "entra", "okta", "saml"];
/** What each vendor's addresses look like, and what is asked for there. */
const presets: Record<Kind, { issuer: string; scopes: string[] }> = {
  oidc: { issuer: "https://login.example.com", scopes: ["openid", "profile", "email"] },
  keycloak: { issuer: "https://login.example.com/realms/sunfield", scopes: ["openid", "profile", "email"] },
  auth0: { issuer: "https://sunfield.eu.auth0.com/", scopes: ["openid", "profile", "email"] },
  entra: { issuer: "https://login.microsoftonline.com/TENANT/v2.0", scopes: ["openid", "profile", "email"] },
  okta: { issuer: "https://sunfield.okta.com", scopes: ["openid", "profile", "email", "groups"] },
  saml: { issuer: "", scopes: [] },
};

const draftOf = (provider: ProviderResponse | undefined): Draft => ({
  kind: provider?.kind ?? "oidc", issuer: provider?.issuer ?? "", clientId: provider?.clientId ?? "", clientSecret: "", metadata: "", scopes: provider?.scopes ?? presets.oidc.scopes,
  groupsClaim: provider?.groupsClaim ?? "groups", roleMapping: provider?.roleMapping ?? [], isEnabled: provider?.isEnabled ?? false,
  allowsPasswords: provider?.allowsPasswords ?? true, passwordLogin: provider?.passwordLogin ?? false, trustsEmail: provider?.trustsEmail ?? false,
});

/** A secret and metadata that are left empty stay as they are. */
function bodyOf(values: Draft): SetProvider {
  const { kind, isEnabled, allowsPasswords, trustsEmail, groupsClaim, roleMapping, metadata, issuer, clientId, clientSecret, scopes, passwordLogin } = values;
  const common = { kind, isEnabled, allowsPasswords, trustsEmail, groupsClaim, roleMapping };
  if (kind === "saml") return { ...common, ...(metadata.trim() ? { metadata } : {}) };
  return { ...common, issuer, clientId, scopes, passwordLogin, ...(clientSecret ? { clientSecret } : {}) };
}

export function ProviderForm({ provider }: { provider: ProviderResponse | undefined }) {
  const text = useText();
  const [base, setBase] = useState(provider);
  const [conflict, setConflict] = useState<{ theirs: ProviderResponse; yours: Draft }>();
  const send = async (values: Draft, version: number | undefined) => {
    const saved = await change("PUT /api/v1/tenant/identity-provider", { body: bodyOf(values) }, version === undefined ? {} : { version });
    setBase(saved);
    form.reset(draftOf(saved));
    toast({ tone: "success", text: text("admin.saved") });
  };
  const form = useApiForm<Draft>({
    initial: draftOf(base),
    check: (values) => ({
      ...(values.kind !== "saml" && !values.issuer ? { issuer: text("admin.needed") } : {}),
      ...(values.kind !== "saml" && !values.clientId ? { clientId: text("admin.needed") } : {}),
      ...(values.kind === "saml" && !base && !values.metadata.trim() ? { metadata: text("admin.needed") } : {}),
      ...(values.roleMapping.some((one) => !one.group || one.roles.length === 0) ? { roleMapping: text("admin.idp.mappingNeeds") } : {}),
    }),
    submit: async (values) => {
      try {
        await send(values, base?.version);
      } catch (error) {
        if (Problem.from(error).code !== "stale_version") throw error;
        setConflict({ theirs: await call("GET /api/v1/tenant/identity-provider", {}), yours: values });
        throw error;
      }
    },
  });
  const { kind } = form.values;
  const isSAML = kind === "saml";
  const labels: { [Name in keyof Draft]: string } = {
    kind: text("admin.idp.kind"), issuer: text("admin.idp.issuer"), clientId: text("admin.idp.clientId"), clientSecret: text("admin.idp.clientSecret"), metadata: text("admin.idp.metadata"),
    scopes: text("admin.idp.scopes"), groupsClaim: text("admin.idp.groupsClaim"), roleMapping: text("admin.idp.mapping"), isEnabled: text("admin.idp.enabled"),
    allowsPasswords: text("admin.idp.allowsPasswords"), passwordLogin: text("admin.idp.passwordLogin"), trustsEmail: text("admin.idp.trustsEmail"),
  };
  const box = (name: "isEnabled" | "allowsPasswords" | "passwordLogin" | "trustsEmail") => (
    <Checkbox label={labels[name]} hint={text(`admin.idp.hint.${name}`)} name={name} value={form.values[name]} error={form.field(name).error} onChange={(value) => form.set({ [name]: value })} />
  );
  const shown = (_: keyof Draft, value: unknown): string =>
    typeof value === "boolean" ? text(value ? "admin.yes" : "admin.no")
      : Array.isArray(value) ? value.map((one) => (typeof one === "string" ? one : `${(one as { group: string }).group}: ${listed((one as { roles: string[] }).roles)}`)).join("; ")
      : String(value ?? "");
  return (
    <Card title={text("admin.idp.settings")}>
      <Form form={form} label={text("admin.idp.settings")}>
        <Select
          label={labels.kind} {...form.field("kind")} options={kinds.map((value) => ({ value, label: text(`admin.idp.kind.${value}`) }))}
          onChange={(next) => form.set({ kind: next, scopes: presets[next].scopes })}
        />
        {isSAML ? (
          <TextArea label={labels.metadata} rows={5} hint={text(base ? "admin.idp.metadataStays" : "admin.idp.metadataHint")} {...form.field("metadata")} />
        ) : (
          <>
            <TextField label={labels.issuer} type="url" placeholder={presets[kind].issuer} hint={text("admin.idp.issuerHint", { example: presets[kind].issuer })} {...form.field("issuer")} />
            <div className="ui-form-row">
              <TextField label={labels.clientId} {...form.field("clientId")} />
              <TextField label={labels.clientSecret} type="password" autoComplete="new-password" hint={text(base?.hasSecret ? "admin.idp.secretStays" : "admin.idp.secretHint")} {...form.field("clientSecret")} />
            </div>
            <TagsField label={labels.scopes} {...form.field("scopes")} />
          </>
        )}
        <TextField label={labels.groupsClaim} hint={text("admin.idp.groupsHint")} {...form.field("groupsClaim")} />
        <GroupMapping label={labels.roleMapping} {...form.field("roleMapping")} />
        {box("isEnabled")}
        {box("allowsPasswords")}
        {!isSAML && box("passwordLogin")}
        {box("trustsEmail")}
        <div className="ui-form-actions">
          <Button onClick={() => form.reset()} disabledReason={form.isDirty ? undefined : text("admin.nothingChanged")}>{text("admin.reset")}</Button>
          <Button kind="primary" type="submit" busy={form.busy} disabledReason={form.isDirty ? undefined : text("admin.nothingChanged")}>{text("admin.save")}</Button>
        </div>
      </Form>
      {conflict && (
        <ConflictDialog
          base={draftOf(base)} theirs={draftOf(conflict.theirs)} yours={conflict.yours} labels={labels} shown={shown}
          save={(values) => send(values, conflict.theirs.version)} close={() => setConflict(undefined)}
        />
      )}
    </Card>
  );
}
