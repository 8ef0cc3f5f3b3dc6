import { useId } from "react";
import { useApiForm } from "../../administration/useApiForm";
import { change } from "../../../shared/data";
import { useText } from "../../../shared/localization";
import { navigate } from "../../../shared/router";
import { Button, Card, Form, PageHeader, toast } from "../../../shared/ui";
import { creationOf, emptyTemplate, type TemplateDraft } from "../../templates/template";
import { TemplateFields, templateFaults } from "../../templates/TemplateFields";

/** A template from nothing. One can also be made of a work order, on its page. */
export default function NewTemplatePage() {
  const text = useText();
  const id = useId();
  const form = useApiForm<TemplateDraft>({
    initial: emptyTemplate,
    check: (values) => templateFaults(values, text),
    submit: async (values) => {
      const made = await change("POST /api/v1/workorders/templates", { body: creationOf(values) });
      form.reset(values);
      toast({ tone: "success", text: text("orders.template.created", { name: made.name }) });
      navigate(`/templates/${made.id}`);
    },
  });
  return (
    <>
      <PageHeader title={text("orders.template.new")} crumbs={[{ title: text("pages.templates"), to: "/templates" }]} />
      <Card className="template-form">
        <div className="stack">
          <Form form={form} id={id} label={text("orders.template.new")}><TemplateFields form={form} isNew /></Form>
          <div className="ui-form-actions">
            <Button onClick={() => navigate("/templates")}>{text("ui.cancel")}</Button>
            <Button kind="primary" type="submit" form={id} busy={form.busy}>{text("orders.new.confirm")}</Button>
          </div>
        </div>
      </Card>
    </>
  );
}
