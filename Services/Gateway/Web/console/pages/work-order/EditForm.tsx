import { useRef, useState } from "react";
import { explain, explainField } from "../../../shared/api/explain";
import { Problem } from "../../../shared/data";
import { useText } from "../../../shared/localization";
import { useMay } from "../../../shared/session/session";
import { Banner, Button, Card, Combobox, DateTimeField, Form, Select, TagsField, TextArea, TextField, toast, useForm, useStatusName } from "../../../shared/ui";
import { useAssignees } from "../../orders/AssignDialog";
import { changeOrder, readOrder } from "../../orders/changes";
import { isJudged, isOpen, priorities, types, verdicts, type WorkOrder } from "../../orders/orders";
import { usePeople, usePerson } from "../../people";
import { useZones } from "../../places";
import { ConflictDialog } from "./ConflictDialog";
import { bodyOf, changedFields, editedOf, endings, type Edited } from "../../orders/edit";

/** The fields in their place. What somebody else saves meanwhile is compared with what is typed, field by field; nothing typed is lost. */
export function EditForm({ order, close }: { order: WorkOrder; close: () => void }) {
  const text = useText();
  const may = useMay();
  const name = useStatusName();
  const zone = useZones()(order.siteId);
  const assignees = useAssignees();
  const { people } = usePeople();
  /** What the form began with: only what differs from it is sent, for this version. */
  const base = useRef(order);
  const [theirs, setTheirs] = useState<WorkOrder | null>(null);

  const save = async (values: Edited) => {
    const before = editedOf(base.current);
    if (changedFields(before, values).length === 0) return close();
    try {
      await changeOrder(base.current, bodyOf(before, values));
      setTheirs(null);
      toast({ tone: "success", text: text("orders.saved_one", { number: order.number }) });
      close();
    } catch (error) {
      if (Problem.from(error).code === "stale_version") setTheirs(await readOrder(order.id));
      throw error;
    }
  };
  const form = useForm<Edited>({
    initial: editedOf(order),
    submit: save,
    check: (values) => ({
      // It can be said otherwise, but not taken back.
      ...(values.cause.trim() === "" && base.current.cause ? { cause: text("rules.required") } : {}),
      ...(values.title.trim() === "" ? { title: text("orders.new.title_missing") } : {}),
      ...(values.scheduledStart && values.scheduledEnd && Date.parse(values.scheduledEnd) <= Date.parse(values.scheduledStart) ? { scheduledEnd: text("problems.schedule_reversed") } : {}),
    }),
    explain,
    explainField,
  });
  /** Their version is what the form stands on from now on, with what was chosen of both. */
  const take = (values: Edited) => {
    if (!theirs) return;
    base.current = theirs;
    form.set(values);
    setTheirs(null);
  };
  /** A field with its value, or why it stays as it is. */
  const field = <Name extends keyof Edited>(name: Name) => ({ ...form.field(name), disabledReason: isOpen(order, name) ? undefined : text("rules.fixed") });
  const person = usePerson(form.values.assignedTo);
  const isOld = order.version > base.current.version && theirs === null;
  const skills = [...new Set(people.flatMap((one) => one.skills))].sort();
  return (
    <Card title={text("orders.edit")}>
      <div onKeyDown={(event) => { if (event.key === "Escape" && !event.defaultPrevented && !form.isDirty) close(); }}>
        <Form form={form} label={text("orders.edit")}>
          {isOld && <Banner>{text("orders.changed_meanwhile")}</Banner>}
          {may("workorder:update") && (
            <>
              <TextField label={text("orders.title")} {...field("title")} required maxLength={200} autoFocus />
              <TextArea label={text("orders.description")} {...field("description")} required={false} rows={5} maxLength={10_000} />
              <TextArea label={text("orders.note.safetyNotes")} {...field("safetyNotes")} required={false} rows={2} maxLength={2000} />
              <div className="ui-form-row">
                <Select label={text("orders.type")} {...field("type")} options={types.map((value) => ({ value, label: text(`orders.type.${value}`) }))} />
                <Select label={text("orders.priority")} {...field("priority")} options={priorities.map((value) => ({ value, label: name("priority", value) }))} />
              </div>
            </>
          )}
          {may("workorder:assign") && <Combobox label={text("orders.assignee")} {...field("assignedTo")} options={assignees} valueLabel={person?.name} required={false} />}
          {may("workorder:update") && <TagsField label={text("orders.skills")} {...field("requiredSkills")} required={false} suggestions={skills} />}
          {may("workorder:reschedule") && (
            <div className="ui-form-row">
              <DateTimeField label={text("orders.planned_start")} {...field("scheduledStart")} zone={zone} required={false} />
              <DateTimeField label={text("orders.planned_end")} {...field("scheduledEnd")} zone={zone} required={false} />
            </div>
          )}
          {may("workorder:update") && isJudged(order) && (isOpen(order, "verdict") || order.verdict || order.cause) && (
            <div className="ui-form-row">
              <Select
                label={text("orders.verdict")} {...field("verdict")} required={false} {...(order.verdict ? {} : { placeholder: text("orders.verdict.none") })}
                options={verdicts.map((value) => ({ value, label: text(`orders.verdict.${value}`) }))}
              />
              <TextField label={text("orders.cause")} {...field("cause")} required={false} maxLength={64} hint={text("orders.cause_hint")} />
            </div>
          )}
          {may("workorder:update") && endings.filter((name) => isOpen(order, name) || order[name]).map((name) => (
            <TextArea key={name} label={text(`orders.note.${name}`)} {...field(name)} required={false} rows={3} maxLength={2000} />
          ))}
          <div className="ui-form-actions">
            <Button onClick={close}>{text("ui.cancel")}</Button>
            <Button kind="primary" type="submit" busy={form.busy}>{text("orders.save")}</Button>
          </div>
        </Form>
      </div>
      {theirs && <ConflictDialog before={editedOf(base.current)} mine={form.values} theirs={theirs} take={take} close={() => setTheirs(null)} />}
    </Card>
  );
}
