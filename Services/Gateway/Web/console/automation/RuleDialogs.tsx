import { useRef, useState } from "react";
import { useText } from "../../shared/localization";
import { useFormat } from "../../shared/localization/format";
import { Badge, toast } from "../../shared/ui";
import { useApiForm } from "../administration/useApiForm";
import { EditDialog } from "../pages/assets/EditDialog";
import { FormDialog } from "../pages/assets/FormDialog";
import { useEdit } from "../pages/assets/useEdit";
import { createRule, draftOf, emptyRule, readRule, replaceRule, ruleTones, stateOf, usualPosition, type Rule, type RuleDraft } from "./automation";
import { RuleFields, useRuleCheck } from "./RuleFields";
import { useRuleWords } from "./useRuleWords";

const icons = { active: "check", off: "minus", disabled: "alert" } as const;

/** Whether it runs. */
export function RuleBadge({ rule }: { rule: Rule }) {
  const text = useText();
  const state = stateOf(rule);
  return <Badge tone={ruleTones[state]} icon={icons[state]}>{text(`orders.rule.state.${state}`)}</Badge>;
}

export function NewRule({ made, close }: { made: (rule: Rule) => void; close: () => void }) {
  const text = useText();
  const [initial] = useState(emptyRule);
  const form = useApiForm<RuleDraft>({
    initial,
    check: useRuleCheck(),
    submit: async (draft) => {
      const rule = await createRule(draft);
      form.reset(initial);
      close();
      made(rule);
    },
  });
  return <FormDialog title={text("orders.rule.new")} form={form} confirm={text("orders.rule.create")} size="large" close={close}><RuleFields form={form} /></FormDialog>;
}

/** What somebody else has changed meanwhile is shown beside. */
export function EditRule({ rule, changed, close }: { rule: Rule; changed: () => void; close: () => void }) {
  const text = useText();
  const format = useFormat();
  const { sentence } = useRuleWords();
  // A rule is replaced as a whole: what was not changed here is as it was read last.
  const latest = useRef(rule);
  const edit = useEdit<Rule, RuleDraft>({
    record: rule,
    valuesOf: draftOf,
    read: async () => (latest.current = await readRule(rule)),
    send: (changes, version) => replaceRule(rule, { ...draftOf(latest.current), ...changes }, version),
    check: useRuleCheck(),
    done: () => {
      changed();
      close();
      toast({ tone: "success", text: text("admin.saved") });
    },
  });
  const shown = (name: keyof RuleDraft, values: RuleDraft): string => {
    if (name === "name") return values.name;
    if (name === "position") return format.number(values.position ?? usualPosition);
    if (name === "stops" || name === "isActive") return text(values[name] ? "admin.yes" : "admin.no");
    if (name === "when") return text(`orders.rule.trigger.${values.when}`);
    return name === "match" ? text(`orders.rule.${values.match}`) : sentence(values);
  };
  return (
    <EditDialog
      title={text("orders.rule.change")} edit={edit} size="large" close={close} shown={shown}
      labels={{
        name: text("orders.rule.name"), when: text("orders.rule.trigger"), match: text("orders.rule.match"), tests: text("orders.rule.tests"), groups: text("orders.rule.groups"), actions: text("orders.rule.then"),
        position: text("orders.rule.position"), stops: text("orders.rule.stops"), isActive: text("orders.rule.active"),
      }}
    >
      <RuleFields form={edit.form} />
    </EditDialog>
  );
}
