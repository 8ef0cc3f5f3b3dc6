import { shownProblem } from "../../administration/useApiForm";
import { useData } from "../../../shared/data";
import { useText } from "../../../shared/localization";
import { useFormat } from "../../../shared/localization/format";
import { useSearch } from "../../../shared/router";
import { Banner, Card, ErrorState, FigureCard, PageHeader, Select, Skeleton, Tabs } from "../../../shared/ui";
import { DeadLetters } from "./DeadLetters";
import { Instances } from "./Instances";
import { RefusedEvents } from "./RefusedEvents";

/** Every daemon of the installation: whether it works, how far it is behind, and what it could not handle. */
export default function Fleet() {
  const text = useText();
  const format = useFormat();
  const [search, setSearch] = useSearch();
  const { data, problem, retry } = useData("GET /api/v1/operations/fleet", {});
  const shown = shownProblem(problem);
  const tab = (["instances", "letters", "events"] as const).find((one) => one === search.get("tab")) ?? "instances";
  const instances = data?.instances ?? [];
  // What a daemon refused is its service's, whichever instance says so.
  const worst = (daemon: string, count: "deadLetters" | "refusedEvents") => Math.max(0, ...instances.filter((one) => one.daemon === daemon).map((one) => one[count] ?? 0));
  const daemons = [...new Set(instances.map((one) => one.daemon))].sort();
  const total = (count: "deadLetters" | "refusedEvents") => daemons.reduce((sum, daemon) => sum + worst(daemon, count), 0);
  const withLists = [...new Set(instances.filter((one) => one.deadLetters !== undefined && one.deadLetters !== null).map((one) => one.daemon))].sort();
  const count = tab === "events" ? "refusedEvents" as const : "deadLetters" as const;
  const daemon = withLists.find((one) => one === search.get("daemon")) ?? [...withLists].sort((one, other) => worst(other, count) - worst(one, count))[0];
  return (
    <>
      <PageHeader title={text("pages.fleet")} description={data && text("admin.fleet.at", { time: format.dateTime(data.at) })} />
      {!data ? shown ? <ErrorState problem={shown} retry={retry} /> : <Card><Skeleton lines={8} /></Card> : (
        <div className="stack">
          {shown && <Banner tone="warning">{shown.message}</Banner>}
          <div className="admin-figures">
            <FigureCard label={text("admin.fleet.ready")} value={`${format.number(instances.filter((one) => one.state === "ready").length)} / ${format.number(instances.length)}`} />
            <FigureCard label={text("admin.fleet.lag")} value={format.number(instances.reduce((sum, one) => sum + one.lags.reduce((all, lag) => all + lag.records, 0), 0))} />
            <FigureCard label={text("admin.fleet.letters")} value={format.number(total("deadLetters"))} />
            <FigureCard label={text("admin.fleet.events")} value={format.number(total("refusedEvents"))} />
          </div>
          <Tabs
            label={text("admin.fleet.parts")} value={tab} onChange={(value) => setSearch({ tab: value === "instances" ? null : value })}
            tabs={[
              { value: "instances", label: text("admin.fleet.tab.instances"), count: instances.length },
              { value: "letters", label: text("admin.fleet.letters"), count: total("deadLetters") },
              { value: "events", label: text("admin.fleet.events"), count: total("refusedEvents") },
            ]}
          >
            <div className="stack">
              {tab !== "instances" && daemon && (
                <Select
                  className="admin-why" label={text("admin.fleet.daemon")} value={daemon} onChange={(next) => setSearch({ daemon: next })}
                  options={withLists.map((value) => ({ value, label: `${value} (${format.number(worst(value, count))})` }))}
                />
              )}
              {tab === "instances" && <Instances instances={instances} at={data.at} />}
              {tab === "letters" && daemon && <DeadLetters key={daemon} daemon={daemon} />}
              {tab === "events" && daemon && <RefusedEvents key={daemon} daemon={daemon} />}
            </div>
          </Tabs>
        </div>
      )}
    </>
  );
}
