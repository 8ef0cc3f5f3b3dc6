import { useState } from "react";
import { Problem } from "../../shared/data";
import { useText } from "../../shared/localization";
import { Banner, Button, Checkbox, IconButton, NumberField, Select, TextField, toast } from "../../shared/ui";
import { useApiForm } from "../administration/useApiForm";
import { FormDialog } from "../pages/assets/FormDialog";
import { mostWarnDays, setSkills, skillCategories, usualWarnDays, type Skill, type Skills } from "./certificates";

interface Row extends Omit<Skill, "warnDays"> { key: number; warnDays: number | null }
interface SkillsDialogProps { skills: Skills; changed: () => void; close: () => void }

/** What the organization counts as a skill: all of them are set together. */
export function SkillsDialog({ skills, changed, close }: SkillsDialogProps) {
  const text = useText();
  const [initial] = useState<{ skills: Row[] }>(() => ({ skills: skills.skills.map((skill, key) => ({ ...skill, key })) }));
  const [made, setMade] = useState(initial.skills.length);
  // Whoever confirms once more puts theirs above what somebody else has set meanwhile, and is told so first.
  const [isTheirs, setTheirs] = useState(false);
  const form = useApiForm<{ skills: Row[] }>({
    initial,
    check: ({ skills: rows }) => {
      const names = rows.map(({ name }) => name.trim().toLowerCase());
      if (names.includes("")) return { skills: text("admin.skill.name_missing") };
      return new Set(names).size < names.length ? { skills: text("admin.skill.twice") } : {};
    },
    submit: async ({ skills: rows }) => {
      try {
        await setSkills(skills, rows.map(({ name, category, needsCertificate, warnDays }) => ({ name: name.trim(), category, needsCertificate, warnDays: warnDays ?? usualWarnDays })));
      } catch (error) {
        if (Problem.from(error).code === "stale_version") {
          changed();
          setTheirs(true);
        }
        throw error;
      }
      changed();
      form.reset(initial);
      close();
      toast({ tone: "success", text: text("admin.saved") });
    },
  });
  const field = form.field("skills");
  const set = (key: number, values: Partial<Row>) => field.onChange(field.value.map((row) => (row.key === key ? { ...row, ...values } : row)));
  const add = () => {
    field.onChange([...field.value, { key: made, name: "", category: "technical", needsCertificate: false, warnDays: usualWarnDays }]);
    setMade(made + 1);
  };
  return (
    <FormDialog title={text("admin.skill.set")} form={form} confirm={text("orders.save")} size="large" close={close}>
      <p className="muted">{text("admin.skill.text")}</p>
      {isTheirs && <Banner tone="warning">{text("admin.skill.theirs")}</Banner>}
      <div data-field="skills" className="stack-tight">
        {field.error && <Banner tone="danger">{field.error}</Banner>}
        <ul className="skill-rows">
          {field.value.map((row) => (
            <li key={row.key} className="skill-row">
              <TextField label={text("admin.certificate.skill")} value={row.name} onChange={(name) => set(row.key, { name })} maxLength={64} required />
              <Select label={text("admin.skill.category")} value={row.category} onChange={(category) => set(row.key, { category })} options={skillCategories.map((value) => ({ value, label: text(`admin.skill.category.${value}`) }))} />
              <NumberField label={text("admin.skill.warn")} unit={text("admin.skill.days")} value={row.warnDays} onChange={(warnDays) => set(row.key, { warnDays })} min={0} max={mostWarnDays} digits={0} required />
              <Checkbox label={text("admin.skill.needs")} value={row.needsCertificate} onChange={(needsCertificate) => set(row.key, { needsCertificate })} />
              <IconButton icon="trash" label={text("admin.skill.remove", { name: row.name })} onClick={() => field.onChange(field.value.filter(({ key }) => key !== row.key))} />
            </li>
          ))}
        </ul>
        <div><Button icon="plus" size="small" onClick={add}>{text("admin.skill.add")}</Button></div>
      </div>
    </FormDialog>
  );
}
