import { useMemo, useState } from "react";
import { Button, Checkbox, Combobox, DateTimeField, DecimalField, Form, NumberField, type Option, RadioGroup, SearchField, Select, Switch, TagsField, TextArea, TextField, useForm } from "../../../shared/ui";
import { Section } from "./Section";

interface Draft { title: string; notes: string; priority: string; effort: number | null; due: string | null; asset: string | null; person: string | null; skills: string[]; kind: string; safety: boolean }

const assets: Option[] = Array.from({ length: 300 }, (_, index) => ({ value: `a${index}`, label: `Inverter ${Math.floor(index / 20) + 1}.${(index % 20) + 1}`, hint: `ALM-N-INV-${String(index).padStart(3, "0")}` }));
const people: Option[] = ["Ana Ruiz", "Björn Holm", "Chidi Okafor", "Devi Nair", "Émile Roux"].map((label) => ({ value: label, label }));

async function findPeople(query: string, signal: AbortSignal): Promise<Option[]> {
  await new Promise((done) => setTimeout(done, 400));
  signal.throwIfAborted();
  return people.filter((one) => one.label.toLowerCase().includes(query.toLowerCase()));
}

export function Forms() {
  const [live, setLive] = useState(true);
  const [search, setSearch] = useState("fan");
  const initial = useMemo<Draft>(() => ({ title: "", notes: "", priority: "medium", effort: 2.5, due: "2026-03-28T08:00:00Z", asset: "a3", person: null, skills: ["high voltage"], kind: "corrective", safety: false }), []);
  const form = useForm<Draft>({
    initial,
    check: (values) => (values.title === "" ? { title: "A work order needs a title." } : {}),
    submit: async (values) => {
      await new Promise((done) => setTimeout(done, 600));
      // What the server's problem document looks like.
      if (!values.safety) throw Object.assign(new Error("invalid"), { errors: [{ field: "effort", message: "More than two hours need a safety briefing." }, { field: "due", message: "The site is closed then." }] });
    },
  });
  return (
    <>
      <Section title="Form" wide>
        <Form form={form} label="New work order">
          <TextField label="Title" required {...form.field("title")} />
          <TextArea label="Notes" required={false} hint="What the technician should know before driving out." {...form.field("notes")} />
          <div className="ui-form-row">
            <Select label="Priority" options={[{ value: "low", label: "Low" }, { value: "medium", label: "Medium" }, { value: "high", label: "High" }]} {...form.field("priority")} />
            <NumberField label="Effort" unit="h" min={0} max={80} {...form.field("effort")} />
          </div>
          <div className="ui-form-row">
            <Combobox label="Asset" options={assets} placeholder="Type a name or a code" {...form.field("asset")} />
            <Combobox label="Assigned to" options={findPeople} placeholder="Type a name" {...form.field("person")} />
          </div>
          <DateTimeField label="Due" zone="Europe/Madrid" {...form.field("due")} />
          <TagsField label="Skills" suggestions={["high voltage", "rope access", "first aid"]} {...form.field("skills")} />
          <RadioGroup label="Kind" options={[{ value: "corrective", label: "Corrective", hint: "Something is broken." }, { value: "preventive", label: "Preventive" }]} {...form.field("kind")} />
          <Checkbox label="A safety briefing is planned" hint="Without it the server refuses: press Save to see that." value={form.values.safety} onChange={(safety) => form.set({ safety })} />
          <div className="ui-form-actions">
            <Button onClick={() => form.reset()}>Reset</Button>
            <Button kind="primary" type="submit" busy={form.busy}>Save</Button>
          </div>
        </Form>
      </Section>
      <Section title="Fields in other states" wide>
        <div className="ui-form-row">
          <TextField label="Cannot be changed" value="WO-2026-000017" onChange={() => undefined} disabledReason="Numbers are given once." />
          <TextField label="Wrong" value="abc@" onChange={() => undefined} type="email" error="This is not an address." icon="user" />
          <NumberField label="Not a number" value={null} onChange={() => undefined} error="This is not a number." unit="kWh" />
          <DecimalField label="All its digits" value="1234567890123.456789" onChange={() => undefined} unit="MΩ" />
          <Select label="In groups" value="b" onChange={() => undefined} options={[{ value: "a", label: "North", group: "Portfolios" }, { value: "b", label: "Sunfield", group: "Sites" }]} />
          <Select label="Locked" value="a" onChange={() => undefined} options={[{ value: "a", label: "One" }]} disabledReason="Set by the tenant." />
          <DateTimeField label="In the gap of the clock" zone="Europe/Madrid" value="2026-03-29T00:30:00Z" onChange={() => undefined} />
          <DateTimeField label="A time that comes twice" zone="Europe/Madrid" value="2026-10-25T00:30:00Z" onChange={() => undefined} />
        </div>
        <div className="row">
          <SearchField label="Filter" value={search} onChange={setSearch} />
          <Switch label="Live" value={live} onChange={setLive} />
          <Switch label="Locked" value={false} onChange={() => undefined} disabledReason="Not for you." />
        </div>
      </Section>
    </>
  );
}
