import type { AutomationRuleResponse, AutomationRunResponse, SetAutomationRule } from "generated/api";
import { call } from "../../shared/api/call";
import { change, useData } from "../../shared/data";
import type { Tone } from "../../shared/ui";
import type { Priority } from "../orders/orders";

/** What is done by itself when something happens to a work order. */
export type Rule = AutomationRuleResponse;
/** What became of it once. */
export type Run = AutomationRunResponse;
export type Trigger = Rule["when"];
export type Match = "all" | "any";
export type Test = NonNullable<Rule["condition"]>["tests"][number];
export type TestField = Test["field"];
export type ActionKind = Rule["actions"][number]["kind"];

export const triggers: Trigger[] = ["created", "state_changed", "assigned", "completed", "service_level", "commented"];
export const testFields: TestField[] = ["priority", "type", "site", "asset", "origin", "phase", "skill"];
export const actionKinds: ActionKind[] = ["set_priority", "assign", "add_tasks", "comment", "call_webhook"];
export const origins = ["person", "alert", "prediction", "follow_up"] as const;
export const mostActions = 5;
export const mostTests = 10;
export const mostExamined = 5000;
export const dryRunDays = 30;
export const usualPosition = 100;

export type RuleState = "active" | "off" | "disabled";
/** `disabled`: the service has switched it off, since it has failed too often. */
export const stateOf = ({ isActive, isDisabled }: Rule): RuleState => (isActive ? "active" : isDisabled ? "disabled" : "off");
export const ruleTones: Record<RuleState, Tone> = { active: "success", off: "neutral", disabled: "danger" };

/** A member of a list keeps its key wherever it is moved. */
interface Keyed { key: string }
export interface TestDraft extends Keyed { field: TestField; isNot: boolean; values: string[] }
export interface GroupDraft extends Keyed { match: Match; tests: TestDraft[] }
/** What is typed for one kind of action stays while another is tried. */
export interface ActionDraft extends Keyed { kind: ActionKind; priority: Priority; userId: string | null; templateId: string | null; text: string; webhookId: string }

export interface RuleDraft {
  name: string; when: Trigger; match: Match; tests: TestDraft[]; groups: GroupDraft[]; actions: ActionDraft[]; position: number | null; stops: boolean; isActive: boolean;
}

export const newKey = (taken: readonly Keyed[]): string => String(1 + Math.max(0, ...taken.map(({ key }) => Number(key))));
export const newTest = (taken: readonly Keyed[]): TestDraft => ({ key: newKey(taken), field: "priority", isNot: false, values: [] });
export const newAction = (taken: readonly Keyed[], kind: ActionKind = "set_priority"): ActionDraft => ({ key: newKey(taken), kind, priority: "high", userId: null, templateId: null, text: "", webhookId: "" });

export const emptyRule = (): RuleDraft => ({
  name: "", when: "created", match: "all", tests: [], groups: [], actions: [newAction([])], position: usualPosition, stops: false, isActive: true,
});

const keyed = (index: number): string => String(index + 1);
const testOf = ({ field, isNot, values }: Test, index: number): TestDraft => ({ key: keyed(index), field, isNot, values });

export const draftOf = ({ name, when, condition, actions, position, stops, isActive }: Rule): RuleDraft => ({
  name, when, position, stops, isActive,
  match: condition?.match ?? "all",
  tests: (condition?.tests ?? []).map(testOf),
  groups: (condition?.groups ?? []).map(({ match, tests }, index) => ({ key: keyed(index), match, tests: tests.map(testOf) })),
  actions: actions.map(({ kind, priority, userId, templateId, text, webhookId }, index) => ({
    ...newAction([], kind), key: keyed(index), ...(priority ? { priority } : {}), userId: userId ?? null, templateId: templateId ?? null, text: text ?? "", webhookId: webhookId ?? "",
  })),
});

/** An action has the value of its kind, and no other. */
function actionOf({ kind, priority, userId, templateId, text, webhookId }: ActionDraft): SetAutomationRule["actions"][number] {
  switch (kind) {
    case "set_priority": return { kind, priority };
    case "assign": return { kind, userId };
    case "add_tasks": return { kind, templateId };
    case "comment": return { kind, text: text.trim() };
    case "call_webhook": return { kind, webhookId };
  }
}

const bare = ({ field, isNot, values }: TestDraft): Test => ({ field, isNot, values });

export const contentOf = ({ name, when, match, tests, groups, actions, position, stops, isActive }: RuleDraft): SetAutomationRule => ({
  name: name.trim(), when, stops, isActive, actions: actions.map(actionOf), position: position ?? usualPosition,
  ...(tests.length + groups.length === 0 ? {} : { condition: { match, tests: tests.map(bare), groups: groups.map((one) => ({ match: one.match, tests: one.tests.map(bare) })) } }),
});

/** Whether an action has what its kind needs. */
export const isWhole = ({ kind, userId, templateId, text, webhookId }: ActionDraft): boolean =>
  kind === "set_priority" || (kind === "assign" ? userId !== null : kind === "add_tasks" ? templateId !== null : kind === "comment" ? text.trim() !== "" : webhookId !== "");

export const useRules = () => useData("GET /api/v1/automation-rules", {});
export const useRule = (id: string) => useData("GET /api/v1/automation-rules/{rule}", { path: { rule: id } });
export const useRuns = (id: string, limit = 100) => useData("GET /api/v1/automation-rules/{rule}/runs", { path: { rule: id }, query: { limit } });
export const readRule = ({ id }: Rule): Promise<Rule> => call("GET /api/v1/automation-rules/{rule}", { path: { rule: id } });
export const createRule = (draft: RuleDraft): Promise<Rule> => change("POST /api/v1/automation-rules", { body: contentOf(draft) });
export const replaceRule = ({ id }: Rule, draft: RuleDraft, version: number): Promise<Rule> =>
  change("PUT /api/v1/automation-rules/{rule}", { path: { rule: id }, body: contentOf(draft) }, { version });
export const removeRule = ({ id, version }: Rule): Promise<void> => change("DELETE /api/v1/automation-rules/{rule}", { path: { rule: id } }, { version }) as Promise<void>;
export const switchRule = (rule: Rule, isActive: boolean): Promise<Rule> => replaceRule(rule, { ...draftOf(rule), isActive }, rule.version);

/** What it would have done lately. Nothing is changed by it. A rule that has no name yet is tried too. */
export const tryRule = (draft: RuleDraft, name: string) =>
  call("POST /api/v1/automation-rules/dry-run", { body: { days: dryRunDays, rule: contentOf({ ...draft, name: draft.name.trim() || name }) } });
