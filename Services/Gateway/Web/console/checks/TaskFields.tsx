import { useText } from "../../shared/localization";
import { Checkbox, TextArea, TextField, type FormState, type Option } from "../../shared/ui";
import { PickMany } from "../administration/PickMany";
import { CheckFields } from "./CheckFields";
import type { TaskDraft } from "./draft";

/** What a task is, for a work order and for a template. */
export function TaskFields({ form, earlier }: { form: FormState<TaskDraft>; earlier: readonly Option[] }) {
  const text = useText();
  return (
    <>
      <TextField label={text("orders.title")} {...form.field("title")} required maxLength={200} />
      <TextArea label={text("orders.check.how")} {...form.field("description")} required={false} rows={2} maxLength={2000} />
      <CheckFields {...form.field("check")} />
      <Checkbox
        label={text("orders.check.mandatory")} hint={text("orders.check.mandatory_hint")} name="isMandatory"
        value={form.values.isMandatory} onChange={(isMandatory) => form.set({ isMandatory })}
      />
      {earlier.length > 0 && <PickMany label={text("orders.check.depends")} {...form.field("dependsOn")} options={earlier} required={false} />}
    </>
  );
}
