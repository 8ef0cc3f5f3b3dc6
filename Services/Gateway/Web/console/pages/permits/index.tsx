import { useMemo, useState } from "react";
import { shownProblem } from "../../administration/useApiForm";
import { PermitStatusBadge, TimeLeft, usePermitStatus } from "../../permits/PermitBadges";
import { permitKinds, permitStatuses, type Permit, type PermitQuery } from "../../permits/permits";
import { useKindName } from "../../permits/useKindName";
import { PageKeys } from "../../PageKeys";
import { useAssets, useSites, useZones } from "../../places";
import { useKeys } from "../../useKeys";
import { useWhole } from "../../../shared/data/useWhole";
import { useText } from "../../../shared/localization";
import { useFormat } from "../../../shared/localization/format";
import { Link, navigate, useSearch } from "../../../shared/router";
import { useUser } from "../../../shared/session/session";
import { Banner, Card, Checkbox, EmptyState, ErrorState, PageHeader, SegmentedControl, Select, Table, type Column, type KeyGroup } from "../../../shared/ui";
import { Board } from "./Board";

/** What has ended leaves the board after a week; the list has it for ever. */
const week = 7 * 24 * 3_600_000;

/** Permits to work, as a board or a list: what ends first comes first. */
export default function PermitsPage() {
  const text = useText();
  const kindName = useKindName();
  const statusName = usePermitStatus();
  const self = useUser().id;
  const sites = useSites();
  const [search, setSearch] = useSearch();
  const isList = search.get("view") === "list";
  const isMine = search.get("mine") === "1";
  const kind = permitKinds.find((one) => one === search.get("kind"));
  const status = isList ? permitStatuses.find((one) => one === search.get("status")) : undefined;
  const site = search.get("site") ?? "";
  const narrowed: PermitQuery = { ...(kind ? { kind: [kind] } : {}), ...(site ? { siteId: site } : {}), limit: 200 };
  const open = useWhole("GET /api/v1/permits", { query: { ...narrowed, status: status ? [status] : permitStatuses.filter((one) => one !== "closed" && one !== "cancelled") } });
  const ended = useWhole("GET /api/v1/permits", status ? null : { query: { ...narrowed, status: ["closed", "cancelled"] } });
  const permits = useMemo(() => {
    const now = Date.now();
    return [...(open.data?.items ?? []), ...(ended.data?.items ?? []).filter((one) => isList || now - Date.parse(one.updatedAt) < week)]
      .filter((one) => !isMine || one.createdBy === self || one.workers.includes(self));
  }, [open.data, ended.data, isList, isMine, self]);
  const [isHelp, setHelp] = useState(false);
  useKeys({ "?": () => setHelp(true) });
  const groups: KeyGroup[] = [{
    title: text(isList ? "orders.view.list" : "orders.view.board"),
    keys: [
      ...(isList ? [{ keys: ["J"], does: text("orders.keys.next") }, { keys: ["K"], does: text("orders.keys.before") }] : [{ keys: ["←", "↑", "↓", "→"], does: text("orders.keys.cards") }]),
      { keys: ["Enter"], does: text("orders.keys.open") }, { keys: ["?"], does: text("orders.keys.hints") },
    ],
  }];
  const problem = open.data ? undefined : shownProblem(open.problem);
  const tools = (
    <div className="admin-filters">
      <SegmentedControl label={text("orders.view")} value={isList ? "list" : "board"} onChange={(view) => setSearch({ view: view === "list" ? view : null })} options={[{ value: "board", label: text("orders.view.board"), icon: "board" }, { value: "list", label: text("orders.view.list"), icon: "list" }]} />
      <Select hideLabel label={text("orders.site")} value={site} placeholder={text("plant.any_site")} onChange={(next) => setSearch({ site: next })} options={[...sites.values()].map(({ id, name }) => ({ value: id, label: name }))} />
      <Select hideLabel label={text("orders.permit.kind")} value={kind ?? ""} placeholder={text("orders.permit.any_kind")} onChange={(next) => setSearch({ kind: next })} options={permitKinds.map((value) => ({ value, label: kindName(value) }))} />
      {isList && <Select hideLabel label={text("orders.permit.status")} value={status ?? ""} placeholder={text("orders.permit.any_status")} onChange={(next) => setSearch({ status: next })} options={permitStatuses.map((value) => ({ value, label: statusName(value) }))} />}
      <Checkbox label={text("orders.permit.mine")} value={isMine} onChange={(on) => setSearch({ mine: on ? "1" : null })} />
    </div>
  );
  const empty = <EmptyState title={text("orders.permit.none")} icon="shield">{text("orders.permit.none_text")}</EmptyState>;
  return (
    <>
      <PageHeader title={text("pages.permits")} description={text("orders.permit.text")} />
      {(open.isCut || ended.isCut) && <Banner tone="warning">{text("orders.permit.cut")}</Banner>}
      {isList ? <List permits={permits} isLoading={open.isLoading && !open.data} problem={problem} retry={open.retry} tools={tools} empty={empty} />
        : (
          <div className="stack">
            {tools}
            {problem ? <ErrorState problem={problem} retry={open.retry} /> : open.data && permits.length === 0 ? <Card>{empty}</Card> : <Board permits={permits} isLoading={!open.data} />}
          </div>
        )}
      {isHelp && <PageKeys groups={groups} close={() => setHelp(false)} />}
    </>
  );
}

interface ListProps { permits: readonly Permit[]; isLoading: boolean; problem: ReturnType<typeof shownProblem>; retry: () => void; tools: JSX.Element; empty: JSX.Element }

function List({ permits, isLoading, problem, retry, tools, empty }: ListProps) {
  const text = useText();
  return (
    <Card flush>
      <Table
        label={text("pages.permits")} rows={permits} rowKey={({ id }) => id} columns={useColumns()} remember="permits" loading={isLoading} problem={problem} retry={retry} tools={tools} empty={empty}
        onOpen={({ id }) => navigate(`/permits/${id}`)} cardHeight={88}
        card={(one) => (
          <div className="stack-tight">
            <div className="row-apart"><code>{one.number}</code><PermitStatusBadge status={one.status} /></div>
            <div className="row-apart"><span className="truncate" dir="auto">{one.title}</span><TimeLeft permit={one} /></div>
          </div>
        )}
      />
    </Card>
  );
}

function useColumns(): Column<Permit>[] {
  const text = useText();
  const format = useFormat();
  const kindName = useKindName();
  const sites = useSites();
  const { byId } = useAssets();
  const zoneOf = useZones();
  return useMemo(() => [
    { key: "number", header: text("orders.number"), width: 176, fixed: true, cell: (one) => <code>{one.number}</code> },
    { key: "title", header: text("orders.permit.title"), minWidth: 150, fixed: true, cell: (one) => <Link to={`/permits/${one.id}`}><span dir="auto">{one.title}</span></Link> },
    { key: "kind", header: text("orders.permit.kind"), width: 184, cell: (one) => kindName(one.kind) },
    { key: "status", header: text("orders.permit.status"), width: 184, cell: (one) => <PermitStatusBadge status={one.status} /> },
    { key: "left", header: text("orders.permit.left_head"), width: 148, cell: (one) => <TimeLeft permit={one} /> },
    { key: "until", header: text("orders.permit.until"), width: 164, cell: (one) => <time dateTime={one.validUntil}>{format.dateTime(one.validUntil, zoneOf(one.siteId))}</time> },
    { key: "asset", header: text("orders.asset"), width: 84, hidden: true, cell: (one) => byId.get(one.assetId)?.code ?? "–" },
    { key: "site", header: text("orders.site"), width: 104, hidden: true, cell: (one) => sites.get(one.siteId)?.code ?? "–" },
  ], [text, format, kindName, sites, byId, zoneOf]);
}
