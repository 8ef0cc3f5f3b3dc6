import { useRef, useState } from "react";
import { ConflictDialog } from "../../administration/ConflictDialog";
import { useApiForm } from "../../administration/useApiForm";
import { asked } from "../../checks/draft";
import { useCheckWords } from "../../checks/useCheckWords";
import { change, Problem } from "../../../shared/data";
import { listed, useText } from "../../../shared/localization";
import { useFormat } from "../../../shared/localization/format";
import { Banner, Button, Card, Form, toast, useStatusName } from "../../../shared/ui";
import { contentOf, readTemplate, templateDraftOf, type PlannedDraft, type Template, type TemplateDraft } from "../../templates/template";
import { TemplateFields, templateFaults } from "../../templates/TemplateFields";

type Content = Omit<TemplateDraft, "siteId">;
const contentIn = ({ siteId: _, ...content }: TemplateDraft): Content => content;

/** Writes the next version. If somebody else has written one meanwhile, both are shown, field by field. */
export function EditForm({ template, close }: { template: Template; close: () => void }) {
  const text = useText();
  const format = useFormat();
  const status = useStatusName();
  const { asked: askedWords, demand } = useCheckWords();
  const base = useRef(template);
  const [theirs, setTheirs] = useState<Template>();
  const send = async (values: Content, version: number) => {
    const saved = await change("PUT /api/v1/workorders/templates/{id}", { path: { id: template.id }, body: contentOf({ ...values, siteId: "" }) }, { version });
    toast({ tone: "success", text: text("orders.template.saved", { name: saved.name, version: saved.version }) });
  };
  const form = useApiForm<TemplateDraft>({
    initial: templateDraftOf(template),
    check: (values) => templateFaults(values, text),
    submit: async (values) => {
      try {
        await send(values, base.current.version);
      } catch (error) {
        if (Problem.from(error).code === "stale_version") setTheirs(await readTemplate(template.id));
        throw error;
      }
      form.reset(values);
      close();
    },
  });
  const taskWords = (tasks: PlannedDraft[]) => (
    <ol className="template-diff">
      {tasks.map((task) => {
        const check = asked(task.check);
        return <li key={task.key}><span dir="auto">{task.title}</span>{check && <span className="muted"> {[askedWords(check), demand(check)].filter(Boolean).join(" · ")}</span>}</li>;
      })}
    </ol>
  );
  const isOld = template.version > base.current.version && !theirs;
  return (
    <Card title={text("orders.template.edit")} className="template-form">
      <div onKeyDown={(event) => { if (event.key === "Escape" && !event.defaultPrevented && !form.isDirty) close(); }}>
        <Form form={form} label={text("orders.template.edit")}>
          {isOld && <Banner>{text("orders.template.changed_meanwhile")}</Banner>}
          <TemplateFields form={form} isNew={false} />
          <div className="ui-form-actions">
            <Button onClick={close}>{text("ui.cancel")}</Button>
            <Button kind="primary" type="submit" busy={form.busy}>{text("orders.template.save")}</Button>
          </div>
        </Form>
      </div>
      {theirs && (
        <ConflictDialog<Content>
          base={contentIn(templateDraftOf(base.current))} theirs={contentIn(templateDraftOf(theirs))} yours={contentIn(form.values)} close={() => setTheirs(undefined)}
          labels={{
            name: text("orders.template.name"), type: text("orders.type"), priority: text("orders.priority"), estimatedMinutes: text("orders.template.estimate"),
            requiredSkills: text("orders.skills"), description: text("orders.description"), tasks: text("orders.tasks"),
          }}
          shown={(name, value) => {
            switch (name) {
              case "type": return text(`orders.type.${value as Template["type"]}`);
              case "priority": return status("priority", String(value));
              case "estimatedMinutes": return value === null ? "" : format.duration(Number(value) * 60_000);
              case "tasks": return taskWords(value as PlannedDraft[]);
              case "requiredSkills": return listed(value as string[]);
              default: return String(value);
            }
          }}
          save={async (values) => {
            await send(values, theirs.version);
            form.reset({ ...form.values, ...values });
            close();
          }}
        />
      )}
    </Card>
  );
}
