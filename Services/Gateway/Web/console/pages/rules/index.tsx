import { useMemo, useState } from "react";
import { explain } from "../../../shared/api/explain";
import { problemText } from "../../../shared/api/problemText";
import { change } from "../../../shared/data";
import { useWhole } from "../../../shared/data/useWhole";
import { useText } from "../../../shared/localization";
import { useFormat } from "../../../shared/localization/format";
import { useSearch } from "../../../shared/router";
import { useMay } from "../../../shared/session/session";
import { Badge, Button, Card, ConfirmDialog, EmptyState, PageHeader, Status, statusNames, Switch, Table, toast, type Column } from "../../../shared/ui";
import type { Rule } from "../../alerts/alerts";
import { AssetLink, SiteLink } from "../../alerts/Names";
import { RuleDrawer } from "./RuleDrawer";
import { useTags } from "./useTags";

/** What is watched, and when an alert is raised. */
export default function RulesPage() {
  const text = useText();
  const may = useMay()("alert-rule:create");
  const [search, setSearch] = useSearch();
  const { data, problem, isLoading, retry } = useWhole("GET /api/v1/alert-rules", { query: { limit: 200 } });
  const rules = data?.items ?? [];
  const columns = useRuleColumns(may);
  const [removed, setRemoved] = useState<Rule>();
  const open = rules.find((rule) => rule.id === search.get("rule"));
  const isNew = search.get("new") === "1" && may;
  const close = () => setSearch({ rule: null, new: null });
  const create = () => setSearch({ rule: null, new: "1" });
  return (
    <div className="stack watch-page">
      <PageHeader
        title={text("pages.rules")} description={text("watch.rules_hint")}
        actions={may && <Button kind="primary" icon="plus" onClick={create}>{text("watch.rule.new")}</Button>}
      />
      <Card flush className="watch-list">
        <Table
          label={text("pages.rules")} rows={rules} rowKey={(rule) => rule.id} columns={columns} remember="rules" fill current={open?.id}
          onOpen={(rule) => setSearch({ rule: rule.id, new: null })} card={(rule) => <RuleCard rule={rule} />} cardHeight={84}
          loading={isLoading} problem={problem && { message: problemText(problem), requestId: problem.requestId }} retry={retry}
          empty={
            <EmptyState title={text("watch.no_rules")} icon="bell" action={may && <Button kind="primary" icon="plus" onClick={create}>{text("watch.rule.new")}</Button>}>
              {text("watch.no_rules_hint")}
            </EmptyState>
          }
        />
      </Card>
      {(open || isNew) && <RuleDrawer key={open?.id ?? "new"} rule={open} close={close} remove={() => setRemoved(open)} />}
      {removed && (
        <ConfirmDialog
          title={text("watch.rule.delete_title", { name: removed.name })} confirm={text("watch.rule.delete")} danger explain={explain} close={() => setRemoved(undefined)}
          run={async () => {
            await change("DELETE /api/v1/alert-rules/{id}", { path: { id: removed.id } });
            toast({ tone: "success", text: text("watch.rule.deleted") });
            close();
          }}
        >
          {text("watch.rule.delete_text")}
        </ConfirmDialog>
      )}
    </div>
  );
}

function useRuleColumns(may: boolean): Column<Rule>[] {
  const text = useText();
  const condition = useCondition();
  return useMemo(() => [
    { key: "name", header: text("watch.rule.name"), minWidth: 160, fixed: true, cell: (rule) => <span title={rule.name}>{rule.name}</span> },
    { key: "severity", header: text("watch.severity"), width: 96, words: statusNames("severity"), cell: (rule) => <Status kind="severity" value={rule.severity} /> },
    { key: "condition", header: text("watch.rule.condition"), minWidth: 270, cell: (rule) => <span title={condition(rule)}>{condition(rule)}</span> },
    { key: "consecutive", header: text("watch.rule.in_a_row"), width: 92, align: "end", cell: (rule) => rule.consecutive },
    { key: "watches", header: text("watch.rule.watches"), width: 96, words: [text("watch.rule.scope_all")], cell: (rule) => (rule.assetId ? <AssetLink id={rule.assetId} /> : rule.siteId ? <SiteLink id={rule.siteId} /> : <span title={text("watch.rule.scope_all")}>{text("watch.rule.scope_all")}</span>) },
    { key: "order", header: text("watch.work_order"), width: 88, cell: (rule) => (rule.createsWorkOrder ? text("watch.yes") : <span className="muted">{text("watch.no")}</span>) },
    { key: "enabled", header: text("watch.rule.enabled"), width: 140, cell: (rule) => <Enabled rule={rule} may={may} /> },
  ], [text, condition, may]);
}

function useCondition(): (rule: Rule) => string {
  const text = useText();
  const format = useFormat();
  const { tags } = useTags();
  return useMemo(() => {
    const units = new Map(tags.map((one) => [one.tag, one.unit]));
    return (rule: Rule) => text(`watch.rule.is_${rule.comparison}`, { tag: rule.tag, value: format.measured(rule.threshold, units.get(rule.tag) ?? "") });
  }, [text, format, tags]);
}

/** Switches the rule at once. */
function Enabled({ rule, may }: { rule: Rule; may: boolean }) {
  const text = useText();
  const set = async (isEnabled: boolean) => {
    try {
      await change("PATCH /api/v1/alert-rules/{id}", { path: { id: rule.id }, body: { isEnabled } }, { kind: "alert-rules", version: rule.version, foreseen: { kind: "alert-rules", id: rule.id, change: { isEnabled } } });
    } catch (error) {
      toast({ tone: "danger", text: explain(error) });
    }
  };
  if (!may) return <Badge plain tone={rule.isEnabled ? "success" : "neutral"}>{text(rule.isEnabled ? "watch.rule.on" : "watch.rule.off")}</Badge>;
  return <Switch label={text(rule.isEnabled ? "watch.rule.on" : "watch.rule.off")} value={rule.isEnabled} onChange={(on) => void set(on)} />;
}

function RuleCard({ rule }: { rule: Rule }) {
  const text = useText();
  const condition = useCondition();
  return (
    <div className="watch-card">
      <div className="row-apart watch-card-line"><strong className="truncate">{rule.name}</strong><Status kind="severity" value={rule.severity} /></div>
      <div className="truncate">{condition(rule)}</div>
      <div className="muted">{text(rule.isEnabled ? "watch.rule.on" : "watch.rule.off")}</div>
    </div>
  );
}
