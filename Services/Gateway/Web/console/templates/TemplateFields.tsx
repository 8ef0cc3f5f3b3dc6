import { useText } from "../../shared/localization";
import { NumberField, Select, TagsField, TextArea, TextField, useStatusName, type FormState } from "../../shared/ui";
import { priorities, types } from "../orders/orders";
import { usePeople } from "../people";
import { useSites } from "../places";
import { TasksField } from "./TasksField";
import type { TemplateDraft } from "./template";

/** 60 days. */
export const longest = 86_400;

export function TemplateFields({ form, isNew }: { form: FormState<TemplateDraft>; isNew: boolean }) {
  const text = useText();
  const name = useStatusName();
  const sites = [...useSites().values()];
  const { people } = usePeople();
  const skills = [...new Set(people.flatMap((one) => one.skills))].sort();
  return (
    <>
      <TextField label={text("orders.template.name")} hint={text("orders.template.name_hint")} {...form.field("name")} required maxLength={200} />
      <Select
        label={text("orders.site")} {...form.field("siteId")} placeholder={text("orders.template.all_sites")} disabledReason={isNew ? undefined : text("orders.template.site_stays")}
        options={sites.map((site) => ({ value: site.id, label: site.name }))}
      />
      <div className="ui-form-row">
        <Select label={text("orders.type")} {...form.field("type")} options={types.map((value) => ({ value, label: text(`orders.type.${value}`) }))} />
        <Select label={text("orders.priority")} {...form.field("priority")} options={priorities.map((value) => ({ value, label: name("priority", value) }))} />
        <NumberField label={text("orders.template.estimate")} {...form.field("estimatedMinutes")} unit={text("orders.template.minutes")} min={1} max={longest} digits={0} required={false} />
      </div>
      <TagsField label={text("orders.skills")} {...form.field("requiredSkills")} required={false} suggestions={skills} hint={text("orders.skills_hint")} />
      <TextArea label={text("orders.description")} {...form.field("description")} required={false} rows={3} maxLength={10_000} />
      <TasksField {...form.field("tasks")} />
    </>
  );
}

/** What is wrong, as far as the page can tell. */
export const templateFaults = ({ name, estimatedMinutes, tasks }: TemplateDraft, text: ReturnType<typeof useText>): Partial<Record<keyof TemplateDraft, string>> => ({
  ...(name.trim() === "" ? { name: text("admin.needed") } : {}),
  ...(estimatedMinutes !== null && estimatedMinutes < 1 ? { estimatedMinutes: text("ui.field.atLeast", { value: "1" }) } : {}),
  ...(estimatedMinutes !== null && estimatedMinutes > longest ? { estimatedMinutes: text("ui.field.atMost", { value: String(longest) }) } : {}),
  ...(tasks.length > 100 ? { tasks: text("problems.too_many_tasks", { maximum: 100 }) } : {}),
});
