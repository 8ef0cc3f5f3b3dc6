import { useState } from "react";
import { useText } from "../../shared/localization";
import { Checkbox, ConfirmDialog, TextField, toast, type FormState } from "../../shared/ui";
import { readIfStale } from "../administration/readIfStale";
import { explain, useApiForm } from "../administration/useApiForm";
import { EditDialog } from "../pages/assets/EditDialog";
import { FormDialog } from "../pages/assets/FormDialog";
import { useEdit } from "../pages/assets/useEdit";
import { isFaulty } from "../pages/service-levels/draft";
import { DayHours } from "../pages/service-levels/Fields";
import { useLevelWords } from "../pages/service-levels/useLevelWords";
import { archiveShift, changeShift, createShift, draftOf, emptyShift, readShift, type Shift, type ShiftDraft } from "./shifts";

interface DialogProps { changed: () => void; close: () => void }

export function NewShift({ siteId, changed, close }: DialogProps & { siteId: string }) {
  const text = useText();
  const check = useCheck();
  const form = useApiForm<ShiftDraft>({
    initial: emptyShift,
    check,
    submit: async (draft) => {
      await createShift(siteId, draft);
      changed();
      form.reset(emptyShift);
      close();
      toast({ tone: "success", text: text("admin.shift.created", { name: draft.name.trim() }) });
    },
  });
  return <FormDialog title={text("admin.shift.new")} form={form} confirm={text("admin.shift.create")} close={close}><ShiftFields form={form} /></FormDialog>;
}

/** Changes a shift, also for those who are on it. What somebody else has changed of it meanwhile is shown beside. */
export function EditShift({ shift, changed, close }: DialogProps & { shift: Shift }) {
  const text = useText();
  const check = useCheck();
  const words = useLevelWords();
  const edit = useEdit<Shift, ShiftDraft>({
    record: shift, valuesOf: draftOf, read: () => readShift(shift), check,
    send: (changes, version) => changeShift(shift, changes, version),
    done: () => {
      changed();
      close();
      toast({ tone: "success", text: text("admin.saved") });
    },
  });
  return (
    <EditDialog
      title={text("admin.shift.change", { name: shift.name })} edit={edit} close={close}
      labels={{ name: text("admin.shift.name"), hours: text("admin.shift.hours"), isOnCall: text("admin.shift.on_call") }}
      shown={(name, values) => (name === "hours" ? words.hours(values.hours) : name === "isOnCall" ? text(values.isOnCall ? "orders.check.yes" : "orders.check.no") : values.name)}
    >
      <ShiftFields form={edit.form} />
      <p className="muted">{text("admin.shift.change_text")}</p>
    </EditDialog>
  );
}

export function ArchiveShift({ shift, changed, close }: DialogProps & { shift: Shift }) {
  const text = useText();
  return (
    <ConfirmDialog
      title={text("admin.shift.archive_title", { name: shift.name })} confirm={text("admin.shift.archive")} danger explain={explain} close={close}
      run={async () => {
        await readIfStale(archiveShift(shift, true), changed);
        changed();
        toast({ tone: "success", text: text("admin.shift.archived", { name: shift.name }) });
      }}
    >
      {text("admin.shift.archive_text")}
    </ConfirmDialog>
  );
}

function useCheck(): (draft: ShiftDraft) => Partial<Record<keyof ShiftDraft, string>> {
  const text = useText();
  return ({ name, hours }) => ({ ...(name.trim() ? {} : { name: text("admin.needed") }), ...(isFaulty(hours) ? { hours: text("rules.required") } : {}) });
}

function ShiftFields({ form }: { form: FormState<ShiftDraft> }) {
  const text = useText();
  const { value, onChange, error } = form.field("hours");
  const [isSeen, setSeen] = useState(false);
  if (error && !isSeen) setSeen(true);
  return (
    <>
      <TextField label={text("admin.shift.name")} hint={text("admin.shift.name_hint")} required maxLength={100} {...form.field("name")} />
      <div className="ui-form" data-field="hours"><DayHours value={value} onChange={onChange} showsFaults={isSeen} /></div>
      <Checkbox label={text("admin.shift.on_call")} hint={text("admin.shift.on_call_hint")} {...form.field("isOnCall")} />
    </>
  );
}
