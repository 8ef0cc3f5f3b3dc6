import { joined, useText } from "../../shared/localization";
import { useData } from "../../shared/data";
import { useMay } from "../../shared/session/session";
import { useStatusName } from "../../shared/ui";
import { useAssets, useSites } from "../places";
import { useNames } from "../people";
import type { ActionDraft, RuleDraft, TestDraft } from "./automation";

export interface RuleWords {
  /** What the rule does, in a sentence. */
  sentence: (draft: RuleDraft) => string;
  action: (action: ActionDraft) => string;
  value: (test: Pick<TestDraft, "field">, value: string) => string;
  /** The names of templates and webhooks, for fields that show one. */
  templateName: (id: string) => string | undefined;
  webhooks: { id: string; name: string }[];
}

/** Says rules in words. What is not chosen yet is "…", as is what is there no more or may not be seen. */
export function useRuleWords(): RuleWords {
  const text = useText();
  const may = useMay();
  const status = useStatusName();
  const sites = useSites();
  const { byId: assets } = useAssets();
  const nameOf = useNames();
  const templates = useData("GET /api/v1/workorders/templates", may("procedure:read") ? { query: { limit: 200 } } : null).data?.items ?? [];
  const webhooks = useData("GET /api/v1/webhooks", may("webhook:read") ? {} : null).data?.items ?? [];
  const open = "…";
  const templateName = (id: string) => templates.find((one) => one.id === id)?.name;

  const value: RuleWords["value"] = ({ field }, one) => {
    switch (field) {
      case "priority": return status("priority", one);
      case "type": return text(`orders.type.${one as "corrective"}`);
      case "origin": return text(`orders.origin.${one as "person"}`);
      case "phase": return status(one === "scheduled" ? "workOrder" : "phase", one);
      case "site": return sites.get(one)?.name ?? open;
      case "asset": return assets.get(one)?.name ?? open;
      case "skill": return one;
    }
  };
  const test = ({ field, isNot, values }: TestDraft): string =>
    text(isNot ? "orders.rule.is_not" : "orders.rule.is", { field: text(`orders.rule.field.${field}`), values: values.length === 0 ? open : joined(values.map((one) => value({ field }, one)), "any") });
  const action = ({ kind, priority, userId, templateId, text: words, webhookId }: ActionDraft): string => {
    switch (kind) {
      case "set_priority": return text("orders.rule.does.set_priority", { priority: status("priority", priority) });
      case "assign": return text("orders.rule.does.assign", { name: userId ? nameOf(userId) : open });
      case "add_tasks": return text("orders.rule.does.add_tasks", { name: (templateId && templateName(templateId)) || open });
      case "comment": return text("orders.rule.does.comment", { text: words.trim() || open });
      case "call_webhook": return text("orders.rule.does.call_webhook", { name: webhooks.find(({ id }) => id === webhookId)?.name ?? open });
    }
  };
  const sentence = ({ when, match, tests, groups, actions }: RuleDraft): string => {
    const conditions = [...tests.map(test), ...groups.map((group) => `(${joined(group.tests.map(test), group.match)})`)];
    const words = { when: text(`orders.rule.when.${when}`), actions: actions.length === 0 ? open : joined(actions.map(action), "all") };
    return conditions.length === 0 ? text("orders.rule.always", words) : text("orders.rule.sentence", { ...words, conditions: joined(conditions, match) });
  };
  return { sentence, action, value, templateName, webhooks };
}
