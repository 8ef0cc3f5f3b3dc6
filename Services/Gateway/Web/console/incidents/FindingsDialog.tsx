import { listed, useText } from "../../shared/localization";
import { Select, TextArea, TextField, toast } from "../../shared/ui";
import { EditDialog } from "../pages/assets/EditDialog";
import { useEdit } from "../pages/assets/useEdit";
import { useNames } from "../people";
import { PeopleField, type Involved } from "./PeopleField";
import { changeIncident, incidentKinds, readIncident, severities, type Incident, type IncidentKind, type Severity } from "./incidents";

interface Draft { title: string; kind: IncidentKind; severity: Severity; description: string; immediateAction: string; findings: string; rootCause: string; people: Involved[] }
const texts = ["immediateAction", "findings", "rootCause"] as const;

const draftOf = (one: Incident): Draft => ({
  title: one.title, kind: one.kind, severity: one.severity, description: one.description, immediateAction: one.immediateAction ?? "", findings: one.findings ?? "", rootCause: one.rootCause ?? "", people: one.people,
});

/** What an investigation has found. What somebody else has written meanwhile is shown beside. */
export function FindingsDialog({ incident, changed, close }: { incident: Incident; changed: () => void; close: () => void }) {
  const text = useText();
  const nameOf = useNames();
  const edit = useEdit<Incident, Draft>({
    record: incident,
    valuesOf: draftOf,
    read: () => readIncident(incident),
    // An empty text is none.
    send: (changes, version) => changeIncident(incident, { ...changes, ...Object.fromEntries(texts.filter((name) => name in changes).map((name) => [name, changes[name]?.trim() || null])) }, version),
    check: ({ title, description }) => ({ ...(title.trim() ? {} : { title: text("rules.required") }), ...(description.trim() ? {} : { description: text("rules.required") }) }),
    done: () => {
      changed();
      close();
      toast({ tone: "success", text: text("admin.saved") });
    },
  });
  const { form } = edit;
  const labels = {
    title: text("orders.incident.title"), kind: text("orders.incident.kind"), severity: text("orders.incident.severity"), description: text("orders.incident.description"),
    immediateAction: text("orders.incident.at_once"), findings: text("orders.incident.findings"), rootCause: text("orders.incident.root_cause"), people: text("orders.incident.people"),
  };
  return (
    <EditDialog
      title={text("orders.incident.write")} edit={edit} labels={labels} close={close}
      shown={(name, values) => (name === "kind" ? text(`orders.incident.kind.${values.kind}`) : name === "severity" ? text(`orders.incident.severity.${values.severity}`) : name === "people" ? listed(values.people.map((one) => `${nameOf(one.userId)} (${text(`orders.incident.role.${one.role}`)})`)) : values[name])}
    >
      <TextArea label={labels.findings} required={false} rows={4} maxLength={5000} {...form.field("findings")} />
      <TextArea label={labels.rootCause} required={false} rows={2} maxLength={2000} {...form.field("rootCause")} />
      <TextField label={labels.title} required maxLength={200} {...form.field("title")} />
      <div className="ui-form-row">
        <Select label={labels.kind} {...form.field("kind")} options={incidentKinds.map((value) => ({ value, label: text(`orders.incident.kind.${value}`) }))} />
        <Select label={labels.severity} {...form.field("severity")} options={[...severities].reverse().map((value) => ({ value, label: text(`orders.incident.severity.${value}`) }))} />
      </div>
      <TextArea label={labels.description} required rows={4} maxLength={5000} {...form.field("description")} />
      <PeopleField label={labels.people} hint={text("orders.incident.people_hint")} {...form.field("people")} />
      <TextArea label={labels.immediateAction} required={false} rows={2} maxLength={2000} {...form.field("immediateAction")} />
    </EditDialog>
  );
}
