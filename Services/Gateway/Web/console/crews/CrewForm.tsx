import { useState } from "react";
import { useText } from "../../shared/localization";
import { Combobox, Field, IconButton, NumberField, Select, TextArea, TextField, type FormState } from "../../shared/ui";
import { findPeople, usePerson } from "../people";
import { crewRoles, crewTypes, mostMembers, type CrewDraft, type CrewRole, type Member } from "./crews";

export function useCrewCheck(): (draft: CrewDraft) => Partial<Record<keyof CrewDraft, string>> {
  const text = useText();
  return ({ code, name, members, maxMembers, supervisorId }) => ({
    ...(code.trim() ? {} : { code: text("admin.needed") }),
    ...(name.trim() ? {} : { name: text("admin.needed") }),
    ...(maxMembers === null ? { maxMembers: text("admin.needed") } : {}),
    ...(members.length === 0 ? { members: text("admin.crew.members_missing") } : members.length > (maxMembers ?? mostMembers) ? { members: text("problems.crew_full", { maximum: maxMembers ?? mostMembers }) }
      // As the server asks for it: somebody answers for the crew.
      : !supervisorId && !members.some(({ role }) => role === "lead") ? { members: text("problems.crew_leader_missing") } : {}),
  });
}

/** What a crew is, and who is in it as what. */
export function CrewFields({ form }: { form: FormState<CrewDraft> }) {
  const text = useText();
  const supervisor = usePerson(form.values.supervisorId);
  return (
    <>
      <div className="ui-form-row">
        <TextField label={text("admin.crew.code")} hint={text("admin.crew.code_hint")} required maxLength={64} {...form.field("code")} />
        <TextField label={text("admin.crew.name")} required maxLength={100} {...form.field("name")} />
      </div>
      <div className="ui-form-row">
        <Select label={text("orders.type")} options={crewTypes.map((value) => ({ value, label: text(`admin.crew.type.${value}`) }))} {...form.field("type")} />
        <NumberField label={text("admin.crew.most")} min={1} max={mostMembers} digits={0} required {...form.field("maxMembers")} />
      </div>
      <Combobox label={text("admin.crew.supervisor")} hint={text("admin.crew.supervisor_hint")} required={false} options={findPeople} valueLabel={supervisor?.name} {...form.field("supervisorId")} />
      <Members {...form.field("members")} />
      <TextArea label={text("orders.description")} required={false} rows={2} maxLength={500} {...form.field("description")} />
    </>
  );
}

function Members({ name, value, onChange, error }: { name: string; value: Member[]; onChange: (members: Member[]) => void; error: string | undefined }) {
  const text = useText();
  const [added, setAdded] = useState(0);
  const add = (userId: string | null) => {
    if (userId && !value.some((one) => one.userId === userId)) onChange([...value, { userId, role: value.length === 0 ? "lead" : "technician" }]);
    setAdded(added + 1);
  };
  return (
    <Field label={text("admin.crew.members")} group required name={name} error={error}>
      {() => (
        <div className="stack-tight">
          {value.length > 0 && (
            <ul className="crew-members">
              {value.map((member) => (
                <MemberLine key={member.userId} member={member} setRole={(role) => onChange(value.map((one) => (one.userId === member.userId ? { ...one, role } : one)))} remove={() => onChange(value.filter((one) => one.userId !== member.userId))} />
              ))}
            </ul>
          )}
          <Combobox key={added} label={text("admin.crew.member_add")} hideLabel value={null} options={findPeople} placeholder={text("admin.crew.member_add")} onChange={add} />
        </div>
      )}
    </Field>
  );
}

function MemberLine({ member: { userId, role }, setRole, remove }: { member: Member; setRole: (role: CrewRole) => void; remove: () => void }) {
  const text = useText();
  const name = usePerson(userId)?.name ?? "";
  return (
    <li>
      <bdi className="crew-member">{name}</bdi>
      <Select hideLabel label={text("admin.crew.role_of", { name })} value={role} options={crewRoles.map((value) => ({ value, label: text(`admin.crew.role.${value}`) }))} onChange={setRole} />
      <IconButton icon="close" size="small" label={text("admin.crew.member_remove", { name })} onClick={remove} />
    </li>
  );
}
