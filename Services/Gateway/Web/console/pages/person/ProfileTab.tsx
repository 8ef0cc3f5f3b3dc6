import type { ChangeUser, MetadataEntry, UserResponse } from "generated/api";
import { useState } from "react";
import { ConflictDialog, isSame } from "../../administration/ConflictDialog";
import { useApiForm } from "../../administration/useApiForm";
import { call } from "../../../shared/api/call";
import { change, Problem } from "../../../shared/data";
import { useText } from "../../../shared/localization";
import { useFormat } from "../../../shared/localization/format";
import { useMay, useUser } from "../../../shared/session/session";
import { Banner, Button, Card, Form, KeyValue, TagsField, TextArea, TextField, toast } from "../../../shared/ui";
import { PersonSessions } from "./PersonSessions";

interface Draft { displayName: string; firstName: string; lastName: string; phone: string; code: string; skills: string[]; metadata: string }

const draftOf = (user: UserResponse): Draft => ({
  displayName: user.displayName, firstName: user.firstName ?? "", lastName: user.lastName ?? "", phone: user.phone ?? "", code: user.code ?? "", skills: user.skills,
  metadata: user.metadata.map(({ name, value }) => `${name}: ${value}`).join("\n"),
});

const metadataOf = (lines: string): MetadataEntry[] =>
  lines.split("\n").filter((line) => line.trim() !== "").map((line) => {
    const [name = "", ...rest] = line.split(":");
    return { name: name.trim(), value: rest.join(":").trim() };
  });

/** Only what is other than before is sent. */
function changesOf(before: Draft, after: Draft): ChangeUser {
  const { metadata, skills, ...words } = after;
  const changed = Object.entries(words).filter(([name, value]) => value !== before[name as keyof Draft]).map(([name, value]) => [name, value === "" ? null : value]);
  return {
    ...(Object.fromEntries(changed) as ChangeUser),
    ...(isSame(skills, before.skills) ? {} : { skills }),
    ...(metadata === before.metadata ? {} : { metadata: metadataOf(metadata) }),
  };
}

export function ProfileTab({ user }: { user: UserResponse }) {
  const text = useText();
  const format = useFormat();
  const may = useMay();
  const self = useUser();
  // What the person began from: a newer version that arrives meanwhile must not change what they see.
  const [base, setBase] = useState(user);
  const [conflict, setConflict] = useState<{ theirs: UserResponse; yours: Draft }>();
  const reason = may("user:update") ? undefined : text("admin.person.mayNotEdit");
  const send = async (values: Draft, from: UserResponse) => {
    const saved = await change("PATCH /api/v1/users/{id}", { path: { id: user.id }, body: changesOf(draftOf(from), values) }, { version: from.version });
    setBase(saved);
    form.reset(draftOf(saved));
    toast({ tone: "success", text: text("admin.saved") });
  };
  const form = useApiForm<Draft>({
    initial: draftOf(base),
    submit: async (values) => {
      try {
        await send(values, base);
      } catch (error) {
        if (Problem.from(error).code !== "stale_version") throw error;
        setConflict({ theirs: await call("GET /api/v1/users/{id}", { path: { id: user.id } }), yours: values });
        throw error;
      }
    },
  });
  const labels = {
    displayName: text("admin.person.displayName"), firstName: text("admin.person.firstName"), lastName: text("admin.person.lastName"),
    phone: text("admin.person.phone"), code: text("admin.person.code"), skills: text("admin.person.skills"), metadata: text("admin.person.metadata"),
  };
  const common = { disabledReason: reason, reasonAbove: true };
  return (
    <div className="admin-columns">
      {!user.isErased && <Card title={text("admin.person.tab.profile")}>
        <Form form={form} label={text("admin.person.tab.profile")}>
          {reason && <Banner icon="lock">{reason}</Banner>}
          <TextField label={labels.displayName} {...common} {...form.field("displayName")} />
          <div className="ui-form-row">
            <TextField label={labels.firstName} {...common} {...form.field("firstName")} />
            <TextField label={labels.lastName} {...common} {...form.field("lastName")} />
          </div>
          <div className="ui-form-row">
            <TextField label={labels.phone} type="tel" {...common} {...form.field("phone")} />
            <TextField label={labels.code} {...common} {...form.field("code")} />
          </div>
          <TagsField label={labels.skills} {...common} {...form.field("skills")} />
          <TextArea label={labels.metadata} hint={text("admin.person.metadataHint")} {...common} {...form.field("metadata")} />
          {!reason && (
            <div className="ui-form-actions">
              <Button onClick={() => form.reset()} disabledReason={form.isDirty ? undefined : text("admin.nothingChanged")}>{text("admin.reset")}</Button>
              <Button kind="primary" type="submit" busy={form.busy} disabledReason={form.isDirty ? undefined : text("admin.nothingChanged")}>{text("admin.save")}</Button>
            </div>
          )}
        </Form>
      </Card>}
      <div className="stack">
        <Card title={text("admin.person.account")}>
          <KeyValue
            entries={[
              { label: text("admin.person.email"), value: user.isErased ? undefined : user.email },
              { label: text("admin.person.employment"), value: text(`admin.employment.${user.employment}`) },
              { label: text("admin.person.lastLogin"), value: user.lastLoginAt ? format.dateTime(user.lastLoginAt) : text("admin.never") },
              { label: text("admin.person.created"), value: format.dateTime(user.createdAt) },
              { label: text("admin.person.changed"), value: format.dateTime(user.updatedAt) },
              { label: text("admin.person.provider"), value: user.identityProvider ?? text("admin.person.noProvider") },
            ]}
          />
        </Card>
        {/* One's own are on the page of one's account. */}
        {!user.isErased && user.id !== self.id && may("user:deactivate") && <PersonSessions user={user} />}
      </div>
      {conflict && (
        <ConflictDialog
          base={draftOf(base)} theirs={draftOf(conflict.theirs)} yours={conflict.yours} labels={labels}
          save={(values) => send(values, conflict.theirs)} close={() => setConflict(undefined)}
        />
      )}
    </div>
  );
}
