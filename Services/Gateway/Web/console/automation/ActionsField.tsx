import { useText } from "../../shared/localization";
import { useMay } from "../../shared/session/session";
import { Button, Combobox, IconButton, Select, TextArea, useStatusName } from "../../shared/ui";
import { findPeople, usePerson } from "../people";
import { priorities } from "../orders/orders";
import { findTemplates } from "../templates/template";
import { actionKinds, isWhole, mostActions, newAction, type ActionDraft } from "./automation";
import { useRuleWords } from "./useRuleWords";

interface ActionsFieldProps { actions: ActionDraft[]; change: (actions: ActionDraft[]) => void; error: string | undefined }

/** What is done, one after the other. */
export function ActionsField({ actions, change, error }: ActionsFieldProps) {
  const text = useText();
  return (
    <div className="rule-part" role="group" aria-label={text("orders.rule.then")} data-field="actions">
      <ol className="rule-rows">
        {actions.map((action, index) => (
          <ActionRow
            key={action.key} action={action} number={index + 1} error={error && !isWhole(action) ? error : undefined}
            change={(next) => change(actions.map((one) => (one.key === action.key ? next : one)))}
            remove={actions.length > 1 ? () => change(actions.filter((one) => one.key !== action.key)) : undefined}
          />
        ))}
      </ol>
      {error && actions.every(isWhole) && <p className="ui-field-error" role="alert">{error}</p>}
      {actions.length < mostActions && <div><Button size="small" icon="plus" onClick={() => change([...actions, newAction(actions)])}>{text("orders.rule.action_add")}</Button></div>}
    </div>
  );
}

interface ActionRowProps { action: ActionDraft; number: number; error: string | undefined; change: (action: ActionDraft) => void; remove: (() => void) | undefined }

function ActionRow({ action, number, error, change, remove }: ActionRowProps) {
  const text = useText();
  const may = useMay();
  // What one may not read can't be chosen; what is chosen already stays.
  const kinds = actionKinds.filter((kind) => kind === action.kind || (kind === "add_tasks" ? may("procedure:read") : kind === "call_webhook" ? may("webhook:read") : kind === "assign" ? may("user:read") : true));
  return (
    <li className="rule-row rule-action">
      <Select
        label={text("orders.rule.action_kind", { number })} hideLabel value={action.kind} onChange={(kind) => change({ ...action, kind })}
        options={kinds.map((value) => ({ value, label: text(`orders.rule.kind.${value}`) }))}
      />
      <ActionValue action={action} label={text("orders.rule.action_value", { number })} error={error} change={change} />
      {remove ? <IconButton size="small" icon="trash" label={text("orders.rule.action_remove", { number })} onClick={remove} /> : <span />}
    </li>
  );
}

function ActionValue({ action, label, error, change }: { action: ActionDraft; label: string; error: string | undefined; change: (action: ActionDraft) => void }) {
  const text = useText();
  const name = useStatusName();
  const words = useRuleWords();
  const person = usePerson(action.userId);
  const frame = { label, hideLabel: true, error };
  switch (action.kind) {
    case "set_priority":
      return <Select {...frame} value={action.priority} onChange={(priority) => change({ ...action, priority })} options={priorities.map((value) => ({ value, label: name("priority", value) }))} />;
    case "assign":
      return <Combobox {...frame} value={action.userId} onChange={(userId) => change({ ...action, userId })} options={findPeople} valueLabel={person?.name} placeholder={text("orders.assign.placeholder")} />;
    case "add_tasks":
      return (
        <Combobox
          {...frame} value={action.templateId} onChange={(templateId) => change({ ...action, templateId })} options={(query, signal) => findTemplates(query, signal)}
          valueLabel={action.templateId ? words.templateName(action.templateId) : undefined} placeholder={text("orders.rule.template_choose")}
        />
      );
    case "comment":
      return <TextArea {...frame} value={action.text} rows={2} maxLength={4000} onChange={(typed) => change({ ...action, text: typed })} />;
    case "call_webhook":
      return <Select {...frame} value={action.webhookId} placeholder={text("orders.rule.webhook_choose")} onChange={(webhookId) => change({ ...action, webhookId })} options={words.webhooks.map(({ id, name: label }) => ({ value: id, label }))} />;
  }
}
