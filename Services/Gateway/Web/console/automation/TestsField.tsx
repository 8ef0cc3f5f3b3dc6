import { useText } from "../../shared/localization";
import { Button, Field, IconButton, Select, TagsField, useStatusName } from "../../shared/ui";
import { PickMany } from "../administration/PickMany";
import { findAssets, useAssetOptions, useSiteOptions } from "../administration/places";
import { phases, priorities, types } from "../orders/orders";
import { usePeople } from "../people";
import { mostTests, newTest, origins, testFields, type TestDraft } from "./automation";
import { useRuleWords } from "./useRuleWords";

interface TestsFieldProps { label: string; tests: TestDraft[]; change: (tests: TestDraft[]) => void; error: string | undefined }

/** Tests, each in a row. Once somebody has tried to save, each says what it lacks. */
export function TestsField({ label, tests, change, error }: TestsFieldProps) {
  const text = useText();
  return (
    <div className="rule-part" role="group" aria-label={label}>
      {tests.length > 0 && (
        <ul className="rule-rows">
          {tests.map((test, index) => (
            <TestRow
              key={test.key} test={test} number={index + 1} error={error && test.values.length === 0 ? error : undefined}
              change={(next) => change(tests.map((one) => (one.key === test.key ? next : one)))} remove={() => change(tests.filter((one) => one.key !== test.key))}
            />
          ))}
        </ul>
      )}
      {tests.length < mostTests && <div><Button size="small" icon="plus" onClick={() => change([...tests, newTest(tests)])}>{text("orders.rule.test_add")}</Button></div>}
    </div>
  );
}

interface TestRowProps { test: TestDraft; number: number; error: string | undefined; change: (test: TestDraft) => void; remove: () => void }

function TestRow({ test, number, error, change, remove }: TestRowProps) {
  const text = useText();
  return (
    <li className="rule-row">
      <Select
        label={text("orders.rule.test_field", { number })} hideLabel value={test.field} onChange={(field) => change({ ...test, field, values: [] })}
        options={testFields.map((value) => ({ value, label: text(`orders.rule.field.${value}`) }))}
      />
      <Select
        label={text("orders.rule.test_how", { number })} hideLabel value={test.isNot ? "not" : "is"} onChange={(how) => change({ ...test, isNot: how === "not" })}
        options={[{ value: "is", label: text("orders.rule.how.is") }, { value: "not", label: text("orders.rule.how.is_not") }]}
      />
      <ValuesField test={test} label={text("orders.rule.test_values", { number })} error={error} change={(values) => change({ ...test, values })} />
      <IconButton size="small" icon="trash" label={text("orders.rule.test_remove", { number })} onClick={remove} />
    </li>
  );
}

/** Words of the field, sites, assets or skills. */
function ValuesField({ test, label, error, change }: { test: TestDraft; label: string; error: string | undefined; change: (values: string[]) => void }) {
  const words = useRuleWords();
  const name = useStatusName();
  const sites = useSiteOptions();
  const known = useAssetOptions(test.field === "asset" ? test.values : []);
  const { people } = usePeople();
  const frame = { label, hideLabel: true, value: test.values, onChange: change, error };
  if (test.field === "skill") return <TagsField {...frame} suggestions={[...new Set(people.flatMap((one) => one.skills))].sort()} />;
  if (test.field === "site") return <PickMany {...frame} options={sites} />;
  if (test.field === "asset") return <PickMany {...frame} options={findAssets} known={known} />;
  const values: readonly string[] = { priority: priorities, type: types, origin: origins, phase: phases }[test.field];
  return (
    <Field label={label} hideLabel error={error} group>
      {() => (
        <div className="row rule-choices">
          {values.map((value) => (
            <label key={value} className="ui-check">
              <input
                type="checkbox" checked={test.values.includes(value)} aria-invalid={error ? true : undefined}
                onChange={(event) => change(values.filter((one) => (one === value ? event.target.checked : test.values.includes(one))))}
              />
              <span>{test.field === "priority" ? name("priority", value) : words.value(test, value)}</span>
            </label>
          ))}
        </div>
      )}
    </Field>
  );
}
