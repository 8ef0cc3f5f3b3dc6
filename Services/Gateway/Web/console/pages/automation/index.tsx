import { useMemo, useState } from "react";
import { useText } from "../../../shared/localization";
import { useFormat } from "../../../shared/localization/format";
import { Link, navigate } from "../../../shared/router";
import { useMay } from "../../../shared/session/session";
import { Button, Card, EmptyState, English, PageHeader, Table, type Column } from "../../../shared/ui";
import { shownProblem } from "../../administration/useApiForm";
import { draftOf, useRules, useRuns, type Rule } from "../../automation/automation";
import { NewRule, RuleBadge } from "../../automation/RuleDialogs";
import { RunBadge } from "../../automation/RunBadge";
import { useRuleWords } from "../../automation/useRuleWords";
import { useKeys } from "../../useKeys";

/** What is done by itself, in the order in which it is tried. */
export default function AutomationPage() {
  const text = useText();
  const may = useMay()("automation:manage");
  const { data, problem, isLoading, retry } = useRules();
  const [isNew, setNew] = useState(false);
  const columns = useRuleColumns();
  const rules = useMemo(() => [...(data?.items ?? [])].sort((one, other) => one.position - other.position), [data]);
  useKeys({ c: may ? () => setNew(true) : undefined });
  return (
    <>
      <PageHeader
        title={text("pages.automation")} description={text("orders.rule.text")}
        actions={may && <Button kind="primary" icon="plus" aria-keyshortcuts="c" onClick={() => setNew(true)}>{text("orders.rule.new")}</Button>}
      />
      <Card flush>
        <Table
          label={text("pages.automation")} rows={rules} rowKey={({ id }) => id} columns={columns} remember="automation" loading={isLoading && !data}
          problem={data ? undefined : shownProblem(problem)} retry={retry} onOpen={({ id }) => navigate(`/automation/${id}`)} cardHeight={72}
          card={(rule) => <div className="stack-tight"><div className="row-apart"><strong className="truncate" dir="auto">{rule.name}</strong><RuleBadge rule={rule} /></div><span className="muted truncate">{text(`orders.rule.trigger.${rule.when}`)}</span></div>}
          empty={<EmptyState title={text("orders.rule.none")} icon="play">{text("orders.rule.none_text")}</EmptyState>}
        />
      </Card>
      {isNew && <NewRule made={({ id }) => navigate(`/automation/${id}`)} close={() => setNew(false)} />}
    </>
  );
}

function useRuleColumns(): Column<Rule>[] {
  const text = useText();
  const format = useFormat();
  const { sentence } = useRuleWords();
  return [
    { key: "position", header: text("orders.rule.order"), width: 112, align: "end", cell: (rule) => format.number(rule.position) },
    { key: "name", header: text("orders.rule.name"), minWidth: 160, fixed: true, cell: (rule) => <Link to={`/automation/${rule.id}`}>{rule.name}</Link> },
    { key: "state", header: text("orders.rule.state"), width: 170, fixed: true, cell: (rule) => <RuleBadge rule={rule} /> },
    { key: "does", header: text("orders.rule.in_words"), minWidth: 220, cell: (rule) => <span className="truncate" title={sentence(draftOf(rule))}>{sentence(draftOf(rule))}</span> },
    { key: "last", header: text("orders.rule.last"), width: 236, cell: (rule) => <LastRun rule={rule} /> },
    { key: "error", header: text("orders.rule.error"), minWidth: 140, cell: (rule) => (rule.lastError ? <English isCut>{rule.lastError}</English> : "–") },
  ];
}

/** An organization has at most fifty rules, of which only those in sight are asked. */
function LastRun({ rule }: { rule: Rule }) {
  const format = useFormat();
  const last = useRuns(rule.id, 1).data?.items[0];
  return last ? <span className="row"><RunBadge outcome={last.outcome} /> <time className="truncate" dateTime={last.at}>{format.dateTime(last.at)}</time></span> : <>–</>;
}
