import { useMemo } from "react";
import { useText } from "../../../shared/localization";
import { useFormat } from "../../../shared/localization/format";
import { Link, navigate } from "../../../shared/router";
import { Card, EmptyState, English, Table, type Column } from "../../../shared/ui";
import { shownProblem } from "../../administration/useApiForm";
import { useRuns, type Rule, type Run } from "../../automation/automation";
import { RunBadge } from "../../automation/RunBadge";

/** What became of the rule, the latest first. */
export function Runs({ rule }: { rule: Rule }) {
  const text = useText();
  const format = useFormat();
  const { data, problem, isLoading, retry, more } = useRuns(rule.id);
  const columns = useMemo((): Column<Run>[] => [
    { key: "at", header: text("orders.rule.at"), width: 190, fixed: true, cell: (run) => <time dateTime={run.at}>{format.dateTime(run.at)}</time> },
    { key: "outcome", header: text("orders.rule.outcome"), width: 140, fixed: true, cell: (run) => <RunBadge outcome={run.outcome} /> },
    { key: "order", header: text("pages.work_order"), width: 150, fixed: true, cell: (run) => <Link to={`/work-orders/${run.workOrderId}`}>{run.number}</Link> },
    { key: "actions", header: text("orders.rule.carried_out"), width: 130, align: "end", cell: (run) => format.number(run.actions) },
    { key: "depth", header: text("orders.rule.depth"), width: 150, align: "end", cell: (run) => format.number(run.depth - 1) },
    { key: "error", header: text("orders.rule.error"), minWidth: 200, cell: (run) => (run.error ? <English isCut>{run.error}</English> : "–") },
  ], [text, format]);
  return (
    <Card title={text("orders.rule.runs")} flush>
      <Table
        label={text("orders.rule.runs")} rows={data?.items ?? []} rowKey={({ id }) => id} columns={columns} remember="automation-runs" loading={isLoading && !data}
        problem={data ? undefined : shownProblem(problem)} retry={retry} onEnd={data?.nextCursor ? more : undefined} onOpen={({ workOrderId }) => navigate(`/work-orders/${workOrderId}`)} cardHeight={64}
        card={(run) => <div className="stack-tight"><div className="row-apart"><strong>{run.number}</strong><RunBadge outcome={run.outcome} /></div><span className="muted">{format.dateTime(run.at)}</span></div>}
        empty={<EmptyState title={text("orders.rule.no_runs")} icon="history">{text("orders.rule.no_runs_text")}</EmptyState>}
      />
    </Card>
  );
}
