import { useMemo } from "react";
import { useText } from "../../../shared/localization";
import { unitText } from "../../../shared/localization/units";
import { Checkbox, Combobox, NumberField, RadioGroup, SegmentedControl, Select, TextField, useStatusName, type FormState, type OptionSource, Switch } from "../../../shared/ui";
import { severities } from "../../alerts/alerts";
import { findAssets, useAsset, useSites } from "../../places";
import type { RuleValues } from "./rule";
import { useTags } from "./useTags";

const assets: OptionSource = async (words, signal) => (await findAssets(words, signal)).map((one) => ({ value: one.id, label: `${one.code} – ${one.name}`, hint: one.siteCode }));

/** The fields of a rule. What it watches can't be changed later: its alerts would be about something else then. */
export function RuleFields({ form, isNew }: { form: FormState<RuleValues>; isNew: boolean }) {
  const text = useText();
  const name = useStatusName();
  const sites = [...useSites().values()];
  const { tags } = useTags();
  const asset = useAsset(form.values.assetId);
  const locked = isNew ? undefined : text("watch.rule.locked");
  const unit = unitText(tags.find((one) => one.tag === form.values.tag)?.unit ?? "");
  const tagOptions = useMemo(() => tags.map((one) => ({ value: one.tag, label: one.tag, hint: unitText(one.unit) })), [tags]);
  return (
    <>
      <TextField label={text("watch.rule.name")} {...form.field("name")} required maxLength={200} />
      <RadioGroup
        label={text("watch.rule.scope")} {...form.field("scope")} disabledReason={locked}
        options={[{ value: "all", label: text("watch.rule.scope_all") }, { value: "site", label: text("watch.rule.scope_site") }, { value: "asset", label: text("watch.rule.scope_asset") }]}
      />
      {form.values.scope === "site" && (
        <Select label={text("watch.site")} {...form.field("siteId")} disabledReason={locked} placeholder={text("watch.rule.choose_site")} options={sites.map((site) => ({ value: site.id, label: site.name }))} />
      )}
      {form.values.scope === "asset" && (
        <Combobox label={text("watch.asset")} {...form.field("assetId")} disabledReason={locked} options={assets} valueLabel={asset && `${asset.code} – ${asset.name}`} />
      )}
      <Combobox label={text("watch.tag")} {...form.field("tag")} disabledReason={locked} options={tagOptions} valueLabel={form.values.tag ?? undefined} required />
      {isNew
        ? (
          <div className="ui-field">
            <span className="ui-field-label">{text("watch.rule.comparison")}</span>
            <div className="row">
              <SegmentedControl
                label={text("watch.rule.comparison")} value={form.values.comparison} onChange={(comparison) => form.set({ comparison })}
                options={[{ value: "above", label: text("watch.rule.above") }, { value: "below", label: text("watch.rule.below") }]}
              />
            </div>
          </div>
        )
        : <TextField label={text("watch.rule.comparison")} value={text(`watch.rule.${form.values.comparison}`)} onChange={() => undefined} disabledReason={locked} />}
      <NumberField label={text("watch.threshold")} {...form.field("threshold")} unit={unit} digits={4} required />
      <NumberField label={text("watch.rule.consecutive")} hint={text("watch.rule.consecutive_hint")} {...form.field("consecutive")} min={1} max={1_000} digits={0} required />
      <Select label={text("watch.severity")} {...form.field("severity")} options={severities.map((value) => ({ value, label: name("severity", value) }))} />
      <Checkbox label={text("watch.rule.creates_order")} hint={text("watch.rule.creates_order_hint")} name="createsWorkOrder" value={form.values.createsWorkOrder} onChange={(createsWorkOrder) => form.set({ createsWorkOrder })} />
      {!isNew && <Switch label={text("watch.rule.is_enabled")} value={form.values.isEnabled} onChange={(isEnabled) => form.set({ isEnabled })} />}
    </>
  );
}
