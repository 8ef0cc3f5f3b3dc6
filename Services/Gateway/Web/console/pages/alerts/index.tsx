import { useEffect, useMemo, useState } from "react";
import { problemText } from "../../../shared/api/problemText";
import { useData } from "../../../shared/data";
import { useText } from "../../../shared/localization";
import { navigate, useSearch } from "../../../shared/router";
import { useMay } from "../../../shared/session/session";
import { Button, Card, EmptyState, IconButton, PageHeader, Switch, Table } from "../../../shared/ui";
import { allows, type Alert, type AlertStep } from "../../alerts/alerts";
import { sound, switchSound } from "../../alerts/sound";
import { useArrivals } from "../../alerts/useArrivals";
import { useSteps } from "../../alerts/useSteps";
import { PageKeys } from "../../PageKeys";
import { useScope } from "../../places";
import { ScopeNote } from "../../Scope";
import { useKeys } from "../../useKeys";
import { FilterBar } from "./FilterBar";
import { filterNames, filtersOf, isNarrowed, queryOf } from "./filters";
import { AlertCard, useAlertColumns } from "./useAlertColumns";

/** What needs somebody now, and what needed somebody before. */
export default function AlertsPage() {
  const text = useText();
  const may = useMay()("alert:acknowledge");
  const [search, setSearch] = useSearch();
  const [openedAt] = useState(() => Date.now());
  const filters = filtersOf(search);
  const scope = useScope(filters);
  const { data, isLoading, more, ...read } = useData("GET /api/v1/alerts", scope.query && { query: queryOf(filters, scope.query, openedAt) });
  const { problem, retry } = scope.problem ? scope : read;
  const alerts = useMemo(() => [...(data?.items ?? [])].sort((one, other) => (one.lastAt < other.lastAt ? 1 : -1)), [data]);
  useArrivals(alerts);
  const columns = useAlertColumns();
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const [active, setActive] = useState<Alert>();
  const [showsKeys, setShowsKeys] = useState(false);
  const { busy, take } = useSteps();
  const isLoud = sound.use();

  // What has left the list is not selected any more: nobody changes what they don't see.
  useEffect(() => {
    const left = new Set(alerts.filter((alert) => selected.has(alert.id)).map((alert) => alert.id));
    if (left.size !== selected.size) setSelected(left);
  }, [alerts, selected]);
  const chosen = alerts.filter((alert) => selected.has(alert.id));
  const act = (step: AlertStep) => {
    if (may && !busy) void take(step, chosen.length > 0 ? chosen : active ? [active] : []);
  };
  useKeys({ a: () => act("acknowledge"), e: () => act("resolve"), "?": () => setShowsKeys(true) });

  const narrowed = isNarrowed(filters);
  return (
    <div className="stack watch-page">
      <PageHeader
        title={text("pages.alerts")}
        actions={
          <>
            <Switch label={text("watch.sound")} value={isLoud} onChange={switchSound} />
            <IconButton icon="keyboard" label={text("watch.keys")} onClick={() => setShowsKeys(true)} />
          </>
        }
      />
      <ScopeNote scope={scope} />
      <Card flush className="watch-list">
        <Table
          label={text("pages.alerts")} rows={alerts} rowKey={(alert) => alert.id} columns={columns} remember="alerts" fill
          onOpen={(alert) => navigate(`/alerts/${alert.id}`)} onActive={setActive} card={(alert) => <AlertCard alert={alert} />} cardHeight={84}
          {...(may ? { selected, onSelect: setSelected } : {})}
          bulk={
            <>
              <Button size="small" icon="check" busy={busy} disabledReason={chosen.some((alert) => allows("acknowledge", alert)) ? undefined : text("watch.none_open")} onClick={() => act("acknowledge")}>{text("watch.step.acknowledge")}</Button>
              <Button size="small" icon="check-circle" busy={busy} onClick={() => act("resolve")}>{text("watch.step.resolve")}</Button>
            </>
          }
          tools={<FilterBar filters={filters} />}
          loading={isLoading || (!data && !problem && !scope.refusal)} problem={problem && { message: problemText(problem), requestId: problem.requestId }} retry={retry} onEnd={more}
          empty={
            <EmptyState
              title={text(narrowed ? "watch.none_fit" : filters.status === "open" ? "watch.none_now" : "watch.none")} icon={narrowed ? "search" : "check-circle"}
              action={narrowed && <Button onClick={() => setSearch(Object.fromEntries(filterNames.map((one) => [one, null])))}>{text("watch.clear")}</Button>}
            >
              {text(narrowed ? "watch.none_fit_hint" : "watch.none_hint")}
            </EmptyState>
          }
        />
      </Card>
      {showsKeys && <Keys close={() => setShowsKeys(false)} />}
    </div>
  );
}

function Keys({ close }: { close: () => void }) {
  const text = useText();
  return (
    <PageKeys
      close={close}
      groups={[
        {
          title: text("pages.alerts"),
          keys: [
            { keys: ["J", "K"], does: text("watch.key.move") },
            { keys: ["X"], does: text("watch.key.select") },
            { keys: ["Enter"], does: text("watch.key.open") },
            { keys: ["A"], does: text("watch.step.acknowledge") },
            { keys: ["E"], does: text("watch.step.resolve") },
          ],
        },
      ]}
    />
  );
}
