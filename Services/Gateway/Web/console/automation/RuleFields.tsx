import { useText } from "../../shared/localization";
import { Button, Checkbox, NumberField, SegmentedControl, Select, TextField, type FormState } from "../../shared/ui";
import { ActionsField } from "./ActionsField";
import { DryRun } from "./DryRun";
import { isWhole, newKey, newTest, triggers, usualPosition, type Match, type RuleDraft } from "./automation";
import { TestsField } from "./TestsField";
import { useRuleWords } from "./useRuleWords";

/** When, if, then; below, the same in a sentence, and what it would have done lately. */
export function RuleFields({ form }: { form: FormState<RuleDraft> }) {
  const text = useText();
  const words = useRuleWords();
  const { when, match, tests, groups, actions, stops, isActive } = form.values;
  const wrong = form.field("tests").error;
  const setGroup = (key: string, changes: Partial<(typeof groups)[number]>) => form.set({ groups: groups.map((one) => (one.key === key ? { ...one, ...changes } : one)), tests });
  return (
    <>
      <TextField label={text("orders.rule.name")} required maxLength={80} {...form.field("name")} />
      <section className="rule-part" aria-label={text("orders.rule.when_title")}>
        <h3>{text("orders.rule.when_title")}</h3>
        <Select label={text("orders.rule.trigger")} value={when} name="when" onChange={(value) => form.set({ when: value })} options={triggers.map((value) => ({ value, label: text(`orders.rule.trigger.${value}`) }))} />
      </section>
      <section className="rule-part" aria-label={text("orders.rule.if")} data-field="tests">
        <h3>{text("orders.rule.if")}</h3>
        {tests.length + groups.length === 0 && <p className="muted">{text("orders.rule.no_tests")}</p>}
        {tests.length + groups.length > 1 && <MatchField label={text("orders.rule.match")} value={match} onChange={(value) => form.set({ match: value })} />}
        <TestsField label={text("orders.rule.tests")} tests={tests} change={(next) => form.set({ tests: next })} error={wrong} />
        {groups.map((group, index) => (
          <section key={group.key} className="rule-group" aria-label={text("orders.rule.group", { number: index + 1 })}>
            <div className="row-apart">
              <MatchField label={text("orders.rule.group_match", { number: index + 1 })} value={group.match} onChange={(value) => setGroup(group.key, { match: value })} />
              <Button size="small" icon="trash" onClick={() => form.set({ groups: groups.filter((one) => one.key !== group.key) })}>{text("orders.rule.group_remove", { number: index + 1 })}</Button>
            </div>
            <TestsField label={text("orders.rule.group", { number: index + 1 })} tests={group.tests} change={(next) => setGroup(group.key, { tests: next })} error={wrong} />
          </section>
        ))}
        {groups.length < 10 && (
          <div><Button size="small" icon="plus" onClick={() => form.set({ groups: [...groups, { key: newKey(groups), match: "any", tests: [newTest([])] }] })}>{text("orders.rule.group_add")}</Button></div>
        )}
      </section>
      <section className="rule-part" aria-label={text("orders.rule.then")}>
        <h3>{text("orders.rule.then")}</h3>
        <ActionsField actions={actions} change={(next) => form.set({ actions: next })} error={form.field("actions").error} />
      </section>
      <NumberField label={text("orders.rule.position")} min={1} max={10_000} digits={0} hint={text("orders.rule.position_hint", { usual: usualPosition })} {...form.field("position")} />
      <Checkbox label={text("orders.rule.stops")} name="stops" value={stops} onChange={(value) => form.set({ stops: value })} />
      <Checkbox label={text("orders.rule.active")} name="isActive" value={isActive} onChange={(value) => form.set({ isActive: value })} />
      <p className="rule-sentence" aria-label={text("orders.rule.in_words")} role="note">{words.sentence(form.values)}</p>
      <DryRun draft={form.values} />
    </>
  );
}

function MatchField({ label, value, onChange }: { label: string; value: Match; onChange: (value: Match) => void }) {
  const text = useText();
  return <SegmentedControl label={label} value={value} onChange={onChange} options={[{ value: "all", label: text("orders.rule.all") }, { value: "any", label: text("orders.rule.any") }]} />;
}

export function useRuleCheck(): (draft: RuleDraft) => Partial<Record<keyof RuleDraft, string>> {
  const text = useText();
  return ({ name, tests, groups, actions }) => ({
    ...(name.trim() === "" ? { name: text("rules.required") } : {}),
    ...([tests, ...groups.map((one) => one.tests)].flat().some((test) => test.values.length === 0) || groups.some((one) => one.tests.length === 0) ? { tests: text("orders.rule.values_missing") } : {}),
    ...(actions.every(isWhole) ? {} : { actions: text("rules.required") }),
  });
}
