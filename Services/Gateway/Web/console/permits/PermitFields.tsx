import { listed, useText } from "../../shared/localization";
import { Button, DateTimeField, Field, IconButton, Select, TextArea, TextField, type FieldProps, type FormState } from "../../shared/ui";
import { PickMany } from "../administration/PickMany";
import { useAssignees } from "../orders/AssignDialog";
import { useNames } from "../people";
import { needsIsolations, type Isolation, type Permit, type PermitKind } from "./permits";

type Hazard = Permit["hazards"][number];
interface Point { energy: Isolation["energy"]; place: string; equipmentId: string | null }

/** A permit as it is written: lists of words have one on each line. */
export interface PermitDraft {
  kind: PermitKind; title: string; description: string; location: string; validFrom: string | null; validUntil: string | null;
  hazards: Hazard[]; checklist: string; workers: string[]; isolations: Point[]; ppe: string; precautions: string;
}

const hazardKinds: Hazard["kind"][] = ["electrical", "mechanical", "fall", "thermal", "chemical", "confined_space", "radiation", "ergonomic", "environmental"];
const severities: Hazard["severity"][] = ["low", "medium", "high", "critical"];
const energies: Isolation["energy"][] = ["electrical", "mechanical", "hydraulic", "pneumatic", "thermal", "chemical", "gravitational"];

export const linesOf = (words: string): string[] => words.split("\n").map((line) => line.trim()).filter((line) => line !== "");

export const draftOf = (one: Permit): PermitDraft => ({
  kind: one.kind, title: one.title, description: one.description ?? "", location: one.location ?? "", validFrom: one.validFrom, validUntil: one.validUntil, hazards: one.hazards,
  checklist: one.checklist.map(({ item }) => item).join("\n"), workers: one.workers, ppe: one.ppe.join("\n"), precautions: one.precautions.join("\n"),
  isolations: one.isolations.map(({ energy, place, equipmentId }) => ({ energy, place, equipmentId: equipmentId ?? null })),
});

export function usePermitLabels(): Record<keyof PermitDraft, string> {
  const text = useText();
  return {
    kind: text("orders.permit.kind"), title: text("orders.permit.title"), description: text("orders.permit.description"), location: text("orders.permit.location"), validFrom: text("orders.permit.from"), validUntil: text("orders.permit.until"),
    hazards: text("orders.permit.hazards"), checklist: text("orders.permit.checklist"), workers: text("orders.permit.workers"), isolations: text("orders.isolation.points"), ppe: text("orders.permit.ppe"), precautions: text("orders.permit.precautions"),
  };
}

export function usePermitCheck(): (values: PermitDraft) => Partial<Record<keyof PermitDraft, string>> {
  const text = useText();
  return ({ title, validFrom, validUntil, hazards, isolations }) => ({
    ...(title.trim() ? {} : { title: text("rules.required") }), ...(validFrom ? {} : { validFrom: text("rules.required") }), ...(validUntil ? {} : { validUntil: text("rules.required") }),
    ...(hazards.every(({ mitigation }) => mitigation.trim()) ? {} : { hazards: text("rules.required") }), ...(isolations.every(({ place }) => place.trim()) ? {} : { isolations: text("rules.required") }),
  });
}

/** What a permit says, beside its kind. */
export function PermitFields({ form, zone, kind }: { form: FormState<PermitDraft>; zone: string; kind: PermitKind }) {
  const text = useText();
  const nameOf = useNames();
  const labels = usePermitLabels();
  const options = useAssignees();
  const perLine = text("orders.permit.per_line");
  return (
    <>
      <TextField label={labels.title} required maxLength={200} {...form.field("title")} />
      <div className="ui-form-row">
        <DateTimeField label={labels.validFrom} required zone={zone} {...form.field("validFrom")} />
        <DateTimeField label={labels.validUntil} required zone={zone} {...form.field("validUntil")} />
      </div>
      <TextField label={labels.location} required={false} maxLength={200} {...form.field("location")} />
      <TextArea label={labels.description} required={false} rows={2} maxLength={2000} {...form.field("description")} />
      <HazardsField label={labels.hazards} {...form.field("hazards")} />
      <PointsField label={labels.isolations} required={needsIsolations(kind)} {...form.field("isolations")} />
      <TextArea label={labels.checklist} hint={perLine} rows={3} {...form.field("checklist")} />
      <PickMany label={labels.workers} {...form.field("workers")} options={options} known={form.values.workers.map((id) => ({ value: id, label: nameOf(id) }))} />
      <TextArea label={labels.ppe} required={false} hint={perLine} rows={2} {...form.field("ppe")} />
      <TextArea label={labels.precautions} required={false} hint={perLine} rows={2} {...form.field("precautions")} />
    </>
  );
}

const replaced = <Value,>(list: readonly Value[], at: number, change: Partial<Value>): Value[] => list.map((one, index) => (index === at ? { ...one, ...change } : one));

function HazardsField({ value, onChange, ...frame }: FieldProps<Hazard[]>) {
  const text = useText();
  return (
    <Field {...frame} group>
      {() => (
        <div className="stack-tight">
          {value.length > 0 && (
            <ul className="permit-lines">
              {value.map((one, at) => {
                const change = (next: Partial<Hazard>) => onChange(replaced(value, at, next));
                return (
                  <li key={at} className="permit-line">
                    <Select label={text("orders.permit.hazard")} value={one.kind} onChange={(kind) => change({ kind })} options={hazardKinds.map((kind) => ({ value: kind, label: text(`orders.permit.hazardKind.${kind}`) }))} />
                    <Select label={text("orders.permit.severity")} value={one.severity} onChange={(severity) => change({ severity })} options={severities.map((severity) => ({ value: severity, label: text(`orders.permit.severity.${severity}`) }))} />
                    <IconButton icon="trash" label={text("ui.tags.remove", { tag: text(`orders.permit.hazardKind.${one.kind}`) })} onClick={() => onChange(value.filter((_, other) => other !== at))} />
                    <div className="permit-line-wide"><TextField label={text("orders.permit.mitigation")} required maxLength={1000} value={one.mitigation} onChange={(mitigation) => change({ mitigation })} /></div>
                  </li>
                );
              })}
            </ul>
          )}
          <div><Button size="small" icon="plus" onClick={() => onChange([...value, { kind: "electrical", severity: "high", mitigation: "" }])}>{text("orders.permit.hazard_add")}</Button></div>
        </div>
      )}
    </Field>
  );
}

/** In the order in which they are locked. */
function PointsField({ value, onChange, ...frame }: FieldProps<Point[]>) {
  const text = useText();
  return (
    <Field {...frame} group>
      {() => (
        <div className="stack-tight">
          {value.length > 0 && (
            <ol className="permit-lines">
              {value.map((one, at) => {
                const change = (next: Partial<Point>) => onChange(replaced(value, at, next));
                return (
                  <li key={at} className="permit-line">
                    <TextField label={text("orders.isolation.place")} required maxLength={200} value={one.place} onChange={(place) => change({ place })} />
                    <Select label={text("orders.isolation.energy")} value={one.energy} onChange={(energy) => change({ energy })} options={energies.map((energy) => ({ value: energy, label: text(`orders.isolation.energy.${energy}`) }))} />
                    <IconButton icon="trash" label={text("ui.tags.remove", { tag: one.place || String(at + 1) })} onClick={() => onChange(value.filter((_, other) => other !== at))} />
                  </li>
                );
              })}
            </ol>
          )}
          <div><Button size="small" icon="plus" onClick={() => onChange([...value, { energy: "electrical", place: "", equipmentId: null }])}>{text("orders.isolation.add")}</Button></div>
        </div>
      )}
    </Field>
  );
}

/** A value of a draft in words, for both versions of what two have changed. */
export function usePermitWords(): (name: keyof PermitDraft, values: PermitDraft) => string {
  const text = useText();
  const nameOf = useNames();
  return (name, values) => {
    switch (name) {
      case "hazards": return listed(values.hazards.map((one) => `${text(`orders.permit.hazardKind.${one.kind}`)} (${text(`orders.permit.severity.${one.severity}`)}): ${one.mitigation}`));
      case "isolations": return listed(values.isolations.map((one) => `${one.place} (${text(`orders.isolation.energy.${one.energy}`)})`));
      case "workers": return listed(values.workers.map(nameOf));
      default: return values[name] ?? "";
    }
  };
}
