import { useId, useRef, useState } from "react";
import { call } from "../../../shared/api/call";
import { explain, explainField } from "../../../shared/api/explain";
import { change, Problem } from "../../../shared/data";
import { useText } from "../../../shared/localization";
import { useMay } from "../../../shared/session/session";
import { Button, Drawer, Form, toast, useForm } from "../../../shared/ui";
import type { Rule } from "../../alerts/alerts";
import { Conflict } from "./Conflict";
import { Preview } from "./Preview";
import { changed, changeOf, creationOf, emptyRule, valuesOf, type RuleValues } from "./rule";
import { RuleFields } from "./RuleFields";

/** A rule's form beside the list, with what the rule would have done lately. */
export function RuleDrawer({ rule, close, remove }: { rule: Rule | undefined; close: () => void; remove: () => void }) {
  const text = useText();
  const id = useId();
  const may = useMay()("alert-rule:create");
  /** What the form began with: only what differs from it is sent, for this version. */
  const base = useRef(rule);
  const [theirs, setTheirs] = useState<Rule>();
  const submit = async (values: RuleValues) => {
    const before = base.current;
    if (!before) {
      await change("POST /api/v1/alert-rules", { body: creationOf(values) }, { kind: "alert-rules" });
      toast({ tone: "success", text: text("watch.rule.created") });
      return close();
    }
    if (changed(valuesOf(before), values).length === 0) return close();
    try {
      await change("PATCH /api/v1/alert-rules/{id}", { path: { id: before.id }, body: changeOf(valuesOf(before), values) }, { kind: "alert-rules", version: before.version });
    } catch (error) {
      if (Problem.from(error).code === "stale_version") setTheirs(await call("GET /api/v1/alert-rules/{id}", { path: { id: before.id } }));
      throw error;
    }
    toast({ tone: "success", text: text("watch.rule.saved") });
    close();
  };
  const form = useForm<RuleValues>({
    initial: rule ? valuesOf(rule) : emptyRule,
    submit,
    explain,
    explainField,
    check: (values) => ({
      ...(values.name.trim() === "" ? { name: text("watch.rule.name_missing") } : {}),
      ...(values.scope === "site" && values.siteId === "" ? { siteId: text("watch.rule.choose_site") } : {}),
      ...(values.scope === "asset" && !values.assetId ? { assetId: text("watch.rule.choose_asset") } : {}),
      ...(values.tag ? {} : { tag: text("watch.rule.choose_tag") }),
      ...(values.threshold === null ? { threshold: text("watch.rule.threshold_missing") } : {}),
      ...(values.consecutive === null ? { consecutive: text("watch.rule.consecutive_missing") } : {}),
    }),
  });
  const leave = () => {
    if (!form.isDirty || confirm(text("app.leave"))) close();
  };
  return (
    <Drawer
      title={rule ? rule.name : text("watch.rule.new")} close={leave} size="medium"
      actions={may && (
        <>
          {rule && <Button kind="danger" icon="trash" onClick={remove}>{text("watch.rule.delete")}</Button>}
          <Button onClick={leave}>{text("ui.cancel")}</Button>
          <Button kind="primary" type="submit" form={id} busy={form.busy}>{rule ? text("watch.rule.save") : text("watch.rule.create")}</Button>
        </>
      )}
    >
      <div className="stack">
        <Form form={form} id={id} label={rule ? rule.name : text("watch.rule.new")}><RuleFields form={form} isNew={!rule} /></Form>
        <Preview values={form.values} />
      </div>
      {theirs && base.current && (
        <Conflict
          before={valuesOf(base.current)} mine={form.values} theirs={valuesOf(theirs)} close={() => setTheirs(undefined)}
          take={(values) => {
            base.current = theirs;
            form.set(values);
            setTheirs(undefined);
          }}
        />
      )}
    </Drawer>
  );
}
