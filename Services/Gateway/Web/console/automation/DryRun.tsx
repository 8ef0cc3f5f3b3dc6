import { useState } from "react";
import type { DryRunResponse } from "generated/api";
import { useText } from "../../shared/localization";
import { useFormat } from "../../shared/localization/format";
import { Link } from "../../shared/router";
import { Banner, Button } from "../../shared/ui";
import { explain } from "../administration/useApiForm";
import { contentOf, dryRunDays, isWhole, mostExamined, tryRule, type RuleDraft } from "./automation";
import { useRuleWords } from "./useRuleWords";

/** What the rule would have done lately, without doing it. */
export function DryRun({ draft }: { draft: RuleDraft }) {
  const text = useText();
  const format = useFormat();
  const words = useRuleWords();
  const [found, setFound] = useState<{ of: string; actions: string[]; answer: DryRunResponse }>();
  const [wrong, setWrong] = useState<string>();
  const [isBusy, setBusy] = useState(false);
  const isReady = draft.actions.every(isWhole) && [draft.tests, ...draft.groups.map((group) => group.tests)].flat().every((test) => test.values.length > 0);
  const now = JSON.stringify(contentOf(draft));
  const run = () => {
    setBusy(true);
    setWrong(undefined);
    tryRule(draft, text("orders.rule.new"))
      .then((answer) => setFound({ of: now, actions: draft.actions.map(words.action), answer }), (error: unknown) => setWrong(explain(error)))
      .finally(() => setBusy(false));
  };
  const answer = found?.answer;
  return (
    <section className="rule-part" aria-label={text("orders.rule.dry_run")}>
      <div className="row-apart">
        <h3>{text("orders.rule.dry_run")}</h3>
        <Button size="small" icon="history" busy={isBusy} disabledReason={isReady ? undefined : text("orders.rule.dry_run_unready")} onClick={run}>{text("orders.rule.dry_run_do")}</Button>
      </div>
      <p className="muted">{text("orders.rule.dry_run_text", { days: dryRunDays })}</p>
      <div className="stack-tight">
        {wrong && <Banner tone="danger">{wrong}</Banner>}
        {found && found.of !== now && <Banner tone="warning">{text("orders.rule.dry_run_stale")}</Banner>}
        {answer && (
          <Banner tone="info">
            {text("orders.rule.dry_run_found", { fired: format.number(answer.fired), examined: format.number(answer.examined), rest: format.number(answer.examined - answer.fired) })}
            {answer.examined >= mostExamined && ` ${text("orders.rule.dry_run_cut", { count: mostExamined })}`}
            {answer.fired > answer.items.length && ` ${text("orders.rule.dry_run_latest", { count: answer.items.length })}`}
          </Banner>
        )}
      </div>
      {found && answer && answer.items.length > 0 && (
        <div className="rule-tried" tabIndex={0} role="region" aria-label={text("orders.rule.dry_run_list")}>
          <table>
            <thead><tr><th scope="col">{text("orders.rule.at")}</th><th scope="col">{text("pages.work_order")}</th><th scope="col">{text("orders.rule.would")}</th></tr></thead>
            <tbody>
              {answer.items.map((item, index) => (
                <tr key={index}>
                  <td><time dateTime={item.at}>{format.dateTime(item.at)}</time></td>
                  <td><Link to={`/work-orders/${item.workOrderId}`}>{item.number}</Link></td>
                  <td>{found.actions.map((one, place) => <div key={place}>{one}</div>)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}
