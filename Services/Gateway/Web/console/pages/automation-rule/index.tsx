import { useEffect, useState } from "react";
import { problemText } from "../../../shared/api/problemText";
import { useText } from "../../../shared/localization";
import { useFormat } from "../../../shared/localization/format";
import { navigate, usePathValue } from "../../../shared/router";
import { useMay } from "../../../shared/session/session";
import { Banner, Button, Card, ConfirmDialog, English, ErrorState, KeyValue, Menu, PageHeader, Skeleton, toast } from "../../../shared/ui";
import { PersonName } from "../../administration/people";
import { readIfStale } from "../../administration/readIfStale";
import { explain } from "../../administration/useApiForm";
import { draftOf, removeRule, switchRule, useRule, type Rule } from "../../automation/automation";
import { DryRun } from "../../automation/DryRun";
import { EditRule, RuleBadge } from "../../automation/RuleDialogs";
import { useRuleWords } from "../../automation/useRuleWords";
import { useKeys } from "../../useKeys";
import { Runs } from "./Runs";

/** One rule, and what became of it. */
export default function AutomationRulePage() {
  const { data, problem, retry } = useRule(usePathValue("id"));
  if (data) return <Shown rule={data} retry={retry} />;
  if (problem) return <ErrorState problem={{ message: problemText(problem), requestId: problem.requestId }} retry={retry} />;
  return <div className="stack"><Skeleton height={64} /><Skeleton lines={10} /></div>;
}

function Shown({ rule, retry }: { rule: Rule; retry: () => void }) {
  const text = useText();
  const format = useFormat();
  const { sentence } = useRuleWords();
  const may = useMay()("automation:manage");
  const [open, setOpen] = useState<"edit" | "remove" | null>(null);
  const [isBusy, setBusy] = useState(false);
  const close = () => setOpen(null);
  useEffect(() => void (document.title = `${rule.name} – dCMMS`), [rule.name]);
  useKeys({ e: may ? () => setOpen("edit") : undefined });
  const turn = () => {
    setBusy(true);
    readIfStale(switchRule(rule, !rule.isActive), retry)
      .then(() => toast({ tone: "success", text: text(rule.isActive ? "orders.rule.is_off" : "orders.rule.is_on", { name: rule.name }) }), (error: unknown) => toast({ tone: "danger", text: explain(error) }))
      .finally(() => { setBusy(false); retry(); });
  };
  return (
    <>
      <PageHeader
        title={<span dir="auto">{rule.name}</span>} crumbs={[{ title: text("pages.automation"), to: "/automation" }]} meta={<RuleBadge rule={rule} />}
        actions={may && (
          <>
            <Button icon={rule.isActive ? "pause" : "play"} busy={isBusy} onClick={turn}>{text(rule.isActive ? "orders.rule.turn_off" : "orders.rule.turn_on")}</Button>
            <Button icon="edit" aria-keyshortcuts="e" onClick={() => setOpen("edit")}>{text("orders.rule.change")}</Button>
            <Menu label={text("orders.more")} items={[{ key: "remove", label: text("orders.rule.remove"), icon: "trash", danger: true, run: () => setOpen("remove") }]} />
          </>
        )}
      />
      <div className="stack">
        {(rule.isDisabled || rule.lastError) && (
          <Banner tone={rule.isDisabled ? "danger" : "warning"}>
            {text(rule.isDisabled ? "orders.rule.disabled_text" : "orders.rule.failing_text", { count: rule.failures })}
            {rule.lastError && <> <English>{rule.lastError}</English></>}
          </Banner>
        )}
        <Card title={text("orders.rule.in_words")}>
          <div className="stack">
            <p className="rule-sentence">{sentence(draftOf(rule))}</p>
            <KeyValue
              entries={[
                { label: text("orders.rule.order"), value: format.number(rule.position) },
                { label: text("orders.rule.stops"), value: text(rule.stops ? "admin.yes" : "admin.no") },
                { label: text("orders.rule.set_by"), value: <PersonName id={rule.updatedBy} /> },
                { label: text("orders.rule.set_at"), value: format.dateTime(rule.updatedAt) },
              ]}
            />
          </div>
        </Card>
        {may && <Card><DryRun draft={draftOf(rule)} /></Card>}
        <Runs rule={rule} />
      </div>
      {open === "edit" && <EditRule rule={rule} changed={retry} close={close} />}
      {open === "remove" && (
        <ConfirmDialog
          title={text("orders.rule.remove_of", { name: rule.name })} confirm={text("orders.rule.remove")} danger explain={explain} close={close}
          run={async () => {
            await readIfStale(removeRule(rule), retry);
            toast({ tone: "success", text: text("orders.rule.removed", { name: rule.name }) });
            navigate("/automation");
          }}
        >
          {text("orders.rule.remove_text")}
        </ConfirmDialog>
      )}
    </>
  );
}
