import { useCallback } from "react";
import { listed, useLocalization, useText } from "../../../shared/localization";
import { useFormat } from "../../../shared/localization/format";
import { useMay } from "../../../shared/session/session";
import { Banner, Button, Combobox, DateTimeField, Form, Select, Skeleton, TagsField, TextArea, TextField, useStatusName, type FormState, type OptionSource } from "../../../shared/ui";
import { useAssignees } from "../../orders/AssignDialog";
import { priorities, types } from "../../orders/orders";
import { usePeople, usePerson } from "../../people";
import { useAsset, useZones } from "../../places";
import { TaskPlan } from "../../templates/TaskPlan";
import { findTemplates, type Template } from "../../templates/template";
import { useAssetSearch } from "../work-orders/FilterBar";
import { linesOf, type NewOrder } from "./draft";

interface NewFormProps {
  id: string;
  form: FormState<NewOrder>;
  wasKept: boolean;
  discard: () => void;
  /** The one that is chosen, when it has been read. */
  template: Template | undefined;
}

/** Everything that a new work order can have; only the asset and the title are needed. */
export function NewForm({ id, form, wasKept, discard, template }: NewFormProps) {
  const text = useText();
  const format = useFormat();
  const may = useMay();
  const name = useStatusName();
  const find = useAssetSearch("");
  const assignees = useAssignees();
  const { people } = usePeople();
  const asset = useAsset(form.values.assetId);
  const person = usePerson(form.values.assignedTo);
  const zoneOf = useZones();
  const { zone: ownZone } = useLocalization();
  const zone = asset ? zoneOf(asset.siteId) : ownZone;
  const skills = [...new Set(people.flatMap((one) => one.skills))].sort();
  const count = linesOf(form.values.tasks).length;
  const siteId = asset?.siteId;
  const templates: OptionSource = useCallback((words: string, signal: AbortSignal) => findTemplates(words, signal, siteId), [siteId]);
  const lacking = form.values.requiredSkills.filter((skill) => person?.user && !person.user.skills.includes(skill));
  return (
    <Form form={form} id={id} label={text("orders.new")}>
      {wasKept && form.isDirty === false && form.values.title !== "" && (
        <Banner action={<Button size="small" onClick={discard}>{text("orders.new.discard")}</Button>}>{text("orders.new.kept")}</Banner>
      )}
      <Combobox
        label={text("orders.asset")} {...form.field("assetId")} options={find} required placeholder={text("orders.new.asset_hint")}
        valueLabel={asset ? `${asset.code} – ${asset.name}` : undefined}
      />
      {may("procedure:read") && (
        <Combobox
          label={text("orders.template")} {...form.field("templateId")} options={templates} valueLabel={template?.name ?? text("ui.loading")} required={false}
          placeholder={text("orders.template.choose")} hint={text("orders.template.choose_hint")}
        />
      )}
      <TextField label={text("orders.title")} {...form.field("title")} required maxLength={200} placeholder={text("orders.new.title_hint")} />
      <TextArea label={text("orders.description")} {...form.field("description")} required={false} maxLength={10_000} />
      <TextArea label={text("orders.note.safetyNotes")} {...form.field("safetyNotes")} required={false} rows={2} maxLength={2000} hint={text("orders.note.safety_hint")} />
      <div className="ui-form-row">
        <Select label={text("orders.type")} {...form.field("type")} options={types.map((value) => ({ value, label: text(`orders.type.${value}`) }))} />
        <Select label={text("orders.priority")} {...form.field("priority")} options={priorities.map((value) => ({ value, label: name("priority", value) }))} />
      </div>
      {may("workorder:assign") && (
        <Combobox label={text("orders.assignee")} {...form.field("assignedTo")} options={assignees} valueLabel={person?.name} required={false} placeholder={text("orders.assign.placeholder")} />
      )}
      <TagsField label={text("orders.skills")} {...form.field("requiredSkills")} required={false} suggestions={skills} hint={text("orders.skills_hint")} />
      {lacking.length > 0 && person && <Banner tone="warning">{text("orders.assign.lacking", { name: person.name, skills: listed(lacking) })}</Banner>}
      <div className="ui-form-row">
        <DateTimeField label={text("orders.planned_start")} {...form.field("scheduledStart")} zone={zone} required={false} />
        <DateTimeField label={text("orders.planned_end")} {...form.field("scheduledEnd")} zone={zone} required={false} />
      </div>
      {form.values.templateId !== null && template?.estimatedMinutes && form.values.scheduledStart && !form.values.scheduledEnd && (
        <p className="muted">{text("orders.template.end_hint", { duration: format.duration(template.estimatedMinutes * 60_000) })}</p>
      )}
      {form.values.templateId !== null && (
        <div className="ui-field">
          <span className="ui-field-label">{text("orders.tasks")}</span>
          {template ? <TaskPlan tasks={template.tasks} /> : <Skeleton lines={3} />}
        </div>
      )}
      {form.values.templateId === null && <TextArea
        label={text("orders.tasks")} {...form.field("tasks")} required={false} rows={4} placeholder={text("orders.new.tasks_placeholder")}
        hint={count > 0 ? text("orders.new.tasks_count", { count }) : text("orders.new.tasks_hint")}
      />}
    </Form>
  );
}
