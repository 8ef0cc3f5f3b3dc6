import { useRef } from "react";
import { call } from "../../../shared/api/call";
import { useSearch } from "../../../shared/router";
import { useText } from "../../../shared/localization";
import { Badge, Button, Combobox, Menu, SearchField, SegmentedControl, useStatusName, type Option } from "../../../shared/ui";
import { standings, useLevels } from "../../levels/levels";
import { useAssignees } from "../../orders/AssignDialog";
import { phaseLook, phases, priorities, statuses, types, type Waiting } from "../../orders/orders";
import { useWaiting, type WaitingOrders } from "../../orders/useWaiting";
import { usePerson } from "../../people";
import { useAsset, usePortfolios, useSites, type Scope } from "../../places";
import { filterNames, isNarrowed, type Filters } from "./filters";
import { stageOf, stages, statusText } from "./stages";

interface FilterBarProps {
  filters: Filters;
  scope: Scope;
  words: string;
  setWords: (words: string) => void;
  /** A board has its states as columns, a calendar only what is planned. */
  hidesStatus?: boolean;
}

export function FilterBar({ filters, scope, words, setWords, hidesStatus = false }: FilterBarProps) {
  const text = useText();
  const name = useStatusName();
  const [, setSearch] = useSearch();
  const sites = [...useSites().values()];
  const portfolios = usePortfolios();
  const portfolio = filters.site === "" ? filters.portfolio : "";
  const site = sites.find((one) => one.id === filters.site);
  const stage = stageOf(filters);
  const waiting = useWaiting(scope.query);
  const { isPromised } = useLevels();
  const clear = () => { setWords(""); setSearch({ ...Object.fromEntries(filterNames.map((one) => [one, null])), ...(hidesStatus ? {} : { status: stage ?? "unfinished" }) }); };
  return (
    <div className="orders-filters" role="group" aria-label={text("orders.filters")}>
      {!hidesStatus && (
        <SegmentedControl
          label={text("orders.stage")} value={stage ?? ""} onChange={(next) => setSearch({ status: next, phase: null })}
          options={stages.map((value) => ({ value, label: text(`orders.stage.${value}`) }))}
        />
      )}
      <WaitingToggles waiting={waiting} filters={filters} hidesStatus={hidesStatus} />
      <SearchField label={text("orders.search")} placeholder={text("orders.keys.search")} value={words} onChange={setWords} className="orders-search" />
      {!hidesStatus && <Choices name="status" label={text("orders.status")} values={filters.status} isNamed={stage !== undefined || filters.phase.length > 0} all={statuses} word={(value) => name("workOrder", value)} textOf={statusText} />}
      <Choices name="phase" label={text("orders.phase")} values={filters.phase} isNamed={waiting.some(({ phase }) => isChosen(filters, phase))} all={phases} word={(value) => name(phaseLook(value).kind, value)} />
      <Choices name="priority" label={text("orders.priority")} values={filters.priority} all={priorities} word={(value) => name("priority", value)} />
      {(isPromised || filters.level.length > 0) && <Choices name="level" label={text("orders.level")} values={filters.level} all={standings} word={(value) => name("service", value)} />}
      <Choices name="type" label={text("orders.type")} values={filters.type} all={types} word={(value) => text(`orders.type.${value}`)} />
      {sites.length > 1 && (
        <Menu
          words size="small" label={site ? site.code : portfolio || text("orders.site")}
          items={[
            ...portfolios.map((one) => ({ key: `portfolio ${one}`, label: one, hint: text("plant.portfolio"), checked: one === portfolio, run: () => setSearch({ portfolio: one === portfolio ? null : one, site: null, asset: null }) })),
            ...(portfolios.length > 0 ? ["line" as const] : []),
            ...sites.map((one) => ({ key: one.id, label: `${one.code} – ${one.name}`, checked: one.id === filters.site, run: () => setSearch({ site: one.id === filters.site ? null : one.id, portfolio: null, asset: null }) })),
          ]}
        />
      )}
      <AssetFilter filters={filters} />
      <AssigneeFilter filters={filters} />
      <Toggle name="overdue" label={text("orders.overdue")} on={filters.isOverdue} />
      <Toggle name="due" value={String(filters.due || 7)} label={text("orders.due", { count: filters.due || 7 })} on={filters.due > 0} />
      <Toggle name="unassigned" label={text("orders.unassigned")} on={filters.isUnassigned} />
      <ArchiveToggle on={filters.isArchived} hidesStatus={hidesStatus} />
      {isNarrowed(filters, words) && <Button kind="ghost" size="small" icon="close" onClick={clear}>{text("orders.clear")}</Button>}
    </div>
  );
}

interface ChoicesProps<Value extends string> { name: "status" | "phase" | "priority" | "level" | "type"; label: string; values: Value[]; isNamed?: boolean; all: readonly Value[]; word: (value: Value) => string; textOf?: (values: Value[]) => string }

/** Several of a few. The button says which. */
function Choices<Value extends string>({ name, label, values, isNamed = false, all, word, textOf = (chosen) => chosen.join(",") }: ChoicesProps<Value>) {
  const text = useText();
  const [, setSearch] = useSearch();
  const first = values[0];
  const shown = first === undefined || isNamed ? label : values.length === 1 ? text("orders.filter.one", { name: label, value: word(first) }) : text("orders.filter.several", { name: label, count: values.length });
  return (
    <Menu
      words size="small" label={shown}
      items={all.map((value) => ({
        key: value, label: word(value), checked: values.includes(value), stays: true,
        run: () => setSearch({ ...insteadOf(name), [name]: textOf(all.filter((one) => (one === value) !== values.includes(one))) }),
      }))}
    />
  );
}

/** Phases are chosen instead of states. Without either, the list would open anew. */
const insteadOf = (name: string) => (name === "phase" ? { status: "all" } : name === "status" ? { phase: null } : {});

const isChosen = (filters: Filters, phase: Waiting): boolean => filters.phase.length === 1 && filters.phase[0] === phase;

/** What waits for somebody, for those who may look at it: one click, and how many they are. */
function WaitingToggles({ waiting, filters, hidesStatus }: { waiting: readonly WaitingOrders[]; filters: Filters; hidesStatus: boolean }) {
  const name = useStatusName();
  const [, setSearch] = useSearch();
  const toggle = (phase: Waiting, on: boolean) => setSearch(on ? { phase: null, ...(hidesStatus ? {} : { status: "unfinished" }) } : { phase, ...(hidesStatus ? {} : { status: "all" }) });
  return (
    <>
      {waiting.map(({ phase, count }) => {
        const on = isChosen(filters, phase);
        return (
          <Button key={phase} size="small" aria-pressed={on} {...(on ? { icon: "check" as const } : {})} onClick={() => toggle(phase, on)}>
            {name("phase", phase)}{count !== undefined && <> <Badge tone={count === "0" ? "neutral" : "warning"}>{count}</Badge></>}
          </Button>
        );
      })}
    </>
  );
}

function Toggle({ name, label, on, value = "1" }: { name: "overdue" | "due" | "unassigned"; label: string; on: boolean; value?: string }) {
  const [, setSearch] = useSearch();
  return <Button size="small" aria-pressed={on} {...(on ? { icon: "check" as const } : {})} onClick={() => setSearch({ [name]: on ? null : value })}>{label}</Button>;
}

/** What is in the archive has ended, so it is shown instead of what is to be done. */
function ArchiveToggle({ on, hidesStatus }: { on: boolean; hidesStatus: boolean }) {
  const text = useText();
  const [, setSearch] = useSearch();
  const status = hidesStatus ? {} : { status: on ? "unfinished" : "all" };
  return <Button size="small" aria-pressed={on} {...(on ? { icon: "check" as const } : {})} onClick={() => setSearch({ ...status, phase: null, archived: on ? null : "1" })}>{text("orders.filter.archived")}</Button>;
}

function AssetFilter({ filters }: { filters: Filters }) {
  const text = useText();
  const [, setSearch] = useSearch();
  const asset = useAsset(filters.asset);
  const find = useAssetSearch(filters.site);
  return (
    <Combobox
      className="orders-filter-field" hideLabel label={text("orders.asset")} placeholder={text("orders.asset")} value={filters.asset || null}
      valueLabel={asset?.code ?? text("orders.asset_unknown")} options={find} onChange={(id) => setSearch({ asset: id })}
    />
  );
}

function AssigneeFilter({ filters }: { filters: Filters }) {
  const text = useText();
  const [, setSearch] = useSearch();
  const options = useAssignees();
  const person = usePerson(filters.assignee);
  return (
    <Combobox
      className="orders-filter-field" hideLabel label={text("orders.assignee")} placeholder={text("orders.assignee")} value={filters.assignee || null}
      valueLabel={person?.name} options={options} onChange={(id) => setSearch({ assignee: id })}
    />
  );
}

type Find = (words: string, signal: AbortSignal) => Promise<readonly Option[]>;

/** Finds assets by their code and name, among those of a site if one is chosen. */
export function useAssetSearch(site: string): Find {
  const latest = useRef(site);
  latest.current = site;
  const find = useRef<Find>();
  find.current ??= async (words, signal) => {
    const q = words.trim().slice(0, 100);
    const query = { limit: 50, ...(q === "" ? {} : { q }), ...(latest.current ? { siteId: latest.current } : {}) };
    const { items } = await call("GET /api/v1/assets", { query }, { signal });
    return items.map((asset) => ({ value: asset.id, label: `${asset.code} – ${asset.name}`, hint: asset.siteCode }));
  };
  return find.current;
}
