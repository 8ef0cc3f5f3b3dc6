import { useText } from "../../../shared/localization";
import { useSearch } from "../../../shared/router";
import { Button, SegmentedControl, Select, useStatusName } from "../../../shared/ui";
import { alertStatuses, severities } from "../../alerts/alerts";
import { useRules } from "../../alerts/useAlertWords";
import { useAsset, useSites } from "../../places";
import { ScopeSelect } from "../../Scope";
import { filterNames, isNarrowed, spans, type Filters } from "./filters";

export function FilterBar({ filters }: { filters: Filters }) {
  const text = useText();
  const name = useStatusName();
  const [, setSearch] = useSearch();
  const sites = useSites();
  const rule = useRules().get(filters.rule);
  const asset = useAsset(filters.asset);
  return (
    <div className="watch-filters" role="group" aria-label={text("watch.filters")}>
      <SegmentedControl
        label={text("watch.status")} value={filters.status}
        options={[...alertStatuses.map((value) => ({ value, label: name("alert", value) })), { value: "all" as const, label: text("watch.all") }]}
        onChange={(status) => setSearch({ status: status === "open" ? null : status })}
      />
      <Select
        hideLabel label={text("watch.severity")} placeholder={text("watch.any_severity")} value={filters.severity}
        options={severities.map((value) => ({ value, label: name("severity", value) }))} onChange={(severity) => setSearch({ severity })}
      />
      {sites.size > 1 && (
        <ScopeSelect label={text("watch.site")} all={text("watch.any_site")} scope={filters} choose={(scope) => setSearch({ ...scope, asset: null })} />
      )}
      <Select
        hideLabel label={text("watch.time")} placeholder={text("watch.any_time")} value={filters.days === 0 ? "" : String(filters.days)}
        options={spans.map((days) => ({ value: String(days), label: text("watch.last_days", { count: days }) }))} onChange={(days) => setSearch({ days })}
      />
      {filters.asset !== "" && <Only label={asset?.code ?? text("watch.asset_unknown")} name="asset" />}
      {filters.rule !== "" && <Only label={rule?.name ?? text("watch.rule")} name="rule" />}
      {isNarrowed(filters) && (
        <Button kind="ghost" size="small" icon="close" onClick={() => setSearch(Object.fromEntries(filterNames.map((one) => [one, null])))}>{text("watch.clear")}</Button>
      )}
    </div>
  );
}

/** A filter that another page has set. */
function Only({ label, name }: { label: string; name: "asset" | "rule" }) {
  const text = useText();
  const [, setSearch] = useSearch();
  return <Button size="small" iconEnd="close" aria-label={text("watch.remove_filter", { name: label })} onClick={() => setSearch({ [name]: null })}>{label}</Button>;
}
