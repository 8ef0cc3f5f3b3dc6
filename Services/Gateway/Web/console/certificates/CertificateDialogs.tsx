import { useState } from "react";
import { Problem } from "../../shared/data";
import { useText } from "../../shared/localization";
import { useUser } from "../../shared/session/session";
import { Combobox, Select, TextField, toast, type FormState } from "../../shared/ui";
import { ConflictDialog } from "../administration/ConflictDialog";
import { useApiForm } from "../administration/useApiForm";
import { useAssignees } from "../orders/AssignDialog";
import { FormDialog } from "../pages/assets/FormDialog";
import { usePerson } from "../people";
import { addCertificate, correctCertificate, draftOf, emptyCertificate, readCertificate, useSkills, type Certificate, type CertificateDraft } from "./certificates";

interface DialogProps { changed: () => void; close: () => void }

function useCertificateCheck(): (draft: CertificateDraft) => Partial<Record<keyof CertificateDraft, string>> {
  const text = useText();
  return ({ userId, skill, issuedOn, validUntil }) => ({
    ...(userId ? {} : { userId: text("admin.needed") }),
    ...(skill ? {} : { skill: text("admin.needed") }),
    ...(issuedOn && validUntil && validUntil < issuedOn ? { validUntil: text("rules.ends_before_issue") } : {}),
  });
}

function Proof({ form }: { form: FormState<CertificateDraft> }) {
  const text = useText();
  return (
    <>
      <div className="ui-form-row">
        <TextField label={text("admin.certificate.number")} required={false} maxLength={64} {...form.field("number")} />
        <TextField label={text("admin.certificate.issuer")} required={false} maxLength={200} {...form.field("issuer")} />
      </div>
      <div className="ui-form-row">
        <TextField type="date" label={text("admin.certificate.issued")} required={false} {...form.field("issuedOn")} />
        <TextField type="date" label={text("admin.certificate.until")} hint={text("admin.certificate.until_hint")} required={false} {...form.field("validUntil")} />
      </div>
    </>
  );
}

export function AddCertificate({ changed, close }: DialogProps) {
  const text = useText();
  const { id } = useUser();
  const people = useAssignees();
  const { data: skills } = useSkills();
  const check = useCertificateCheck();
  const [initial] = useState(() => emptyCertificate(id));
  const form = useApiForm<CertificateDraft>({
    initial, check,
    submit: async (draft) => {
      await addCertificate({ ...draft, userId: draft.userId ?? id });
      changed();
      form.reset(initial);
      close();
      toast({ tone: "success", text: text("admin.certificate.added") });
    },
  });
  const person = usePerson(form.values.userId);
  return (
    <FormDialog title={text("admin.certificate.add")} form={form} confirm={text("admin.certificate.add")} close={close}>
      <Combobox label={text("admin.certificate.person")} required options={people} valueLabel={person?.name} {...form.field("userId")} />
      <Select label={text("admin.certificate.skill")} placeholder={text("admin.certificate.skill_choose")} options={(skills?.skills ?? []).map(({ name }) => ({ value: name, label: name }))} {...form.field("skill")} />
      <Proof form={form} />
    </FormDialog>
  );
}

export function CorrectCertificate({ certificate, changed, close }: DialogProps & { certificate: Certificate }) {
  const text = useText();
  const check = useCertificateCheck();
  const name = usePerson(certificate.userId)?.name ?? "";
  const [initial] = useState(() => draftOf(certificate));
  const [conflict, setConflict] = useState<{ theirs: Certificate; yours: CertificateDraft }>();
  const send = async (base: Certificate, draft: CertificateDraft) => {
    await correctCertificate(base, draft);
    changed();
    form.reset(initial);
    close();
    toast({ tone: "success", text: text("admin.saved") });
  };
  const form = useApiForm<CertificateDraft>({
    initial, check,
    submit: async (draft) => {
      try {
        await send(certificate, draft);
      } catch (error) {
        if (Problem.from(error).code !== "stale_version") throw error;
        changed();
        setConflict({ theirs: await readCertificate(certificate), yours: draft });
      }
    },
  });
  if (conflict) {
    const labels = { userId: text("admin.certificate.person"), skill: text("admin.certificate.skill"), number: text("admin.certificate.number"), issuer: text("admin.certificate.issuer"), issuedOn: text("admin.certificate.issued"), validUntil: text("admin.certificate.until") };
    return <ConflictDialog<CertificateDraft> base={initial} theirs={draftOf(conflict.theirs)} yours={conflict.yours} labels={labels} save={(values) => send(conflict.theirs, values)} close={() => setConflict(undefined)} />;
  }
  return (
    <FormDialog title={text("admin.certificate.correct_of", { skill: certificate.skill, name })} form={form} confirm={text("orders.save")} close={close}>
      <Proof form={form} />
    </FormDialog>
  );
}
