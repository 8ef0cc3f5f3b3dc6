import { useMemo } from "react";
import { shownProblem } from "../../administration/useApiForm";
import { useNames } from "../../people";
import type { PlacedIsolation } from "../../permits/permits";
import { useAssets, useSites, useZones } from "../../places";
import { useWhole } from "../../../shared/data/useWhole";
import { useText } from "../../../shared/localization";
import { useFormat } from "../../../shared/localization/format";
import { Link, navigate, useSearch } from "../../../shared/router";
import { Banner, Card, EmptyState, PageHeader, Select, Table, type Column } from "../../../shared/ui";
import { useNow } from "../asset/useNow";

const minute = 60_000;

/** Locks that are on now over all sites, the oldest first. */
export default function IsolationsPage() {
  const text = useText();
  const format = useFormat();
  const sites = useSites();
  const [search, setSearch] = useSearch();
  const site = search.get("site") ?? "";
  const { data, problem, isLoading, isCut, retry } = useWhole("GET /api/v1/isolations", { query: { ...(site ? { siteId: site } : {}), limit: 200 } });
  const rows = useMemo(() => [...(data?.items ?? [])].sort((one, other) => lockedAt(one) - lockedAt(other)), [data]);
  const now = useNow(minute);
  return (
    <>
      <PageHeader title={text("pages.isolations")} description={text("orders.isolation.text")} />
      {isCut && <Banner tone="warning">{text("orders.permit.cut")}</Banner>}
      <Card flush>
        <Table
          label={text("pages.isolations")} rows={rows} rowKey={({ isolation }) => isolation.id} columns={useColumns(now)} remember="isolations" loading={isLoading && !data} problem={data ? undefined : shownProblem(problem)} retry={retry}
          onOpen={({ permitId }) => navigate(`/permits/${permitId}`)} cardHeight={88}
          tools={
            <div className="admin-filters">
              <Select hideLabel label={text("orders.site")} value={site} placeholder={text("plant.any_site")} onChange={(next) => setSearch({ site: next })} options={[...sites.values()].map(({ id, name }) => ({ value: id, label: name }))} />
            </div>
          }
          card={(one) => (
            <div className="stack-tight">
              <div className="row-apart"><strong className="truncate" dir="auto">{one.isolation.place}</strong><code>{one.isolation.lockNumber}</code></div>
              <div className="row-apart"><code>{one.permitNumber}</code><span className="muted">{format.duration(floored(now - lockedAt(one)))}</span></div>
            </div>
          )}
          empty={<EmptyState title={text("orders.isolation.none")} icon="lock" />}
        />
      </Card>
    </>
  );
}

/** In whole hours once there is one: nobody looks for minutes then. */
const floored = (time: number): number => (time >= 60 * minute ? Math.floor(time / (60 * minute)) * 60 * minute : Math.max(minute, Math.floor(time / minute) * minute));

const lockedAt = ({ isolation }: PlacedIsolation): number => Date.parse(isolation.lockedAt ?? "");

function useColumns(now: number): Column<PlacedIsolation>[] {
  const text = useText();
  const format = useFormat();
  const nameOf = useNames();
  const sites = useSites();
  const { byId } = useAssets();
  const zoneOf = useZones();
  return useMemo(() => [
    { key: "place", header: text("orders.isolation.place"), minWidth: 130, fixed: true, cell: (one) => <span dir="auto">{one.isolation.place}</span> },
    { key: "lock", header: text("orders.isolation.number"), width: 112, cell: (one) => <code>{one.isolation.lockNumber}</code> },
    { key: "permit", header: text("pages.permit"), width: 176, fixed: true, cell: (one) => <Link to={`/permits/${one.permitId}`}><code>{one.permitNumber}</code></Link> },
    { key: "since", header: text("orders.isolation.since"), width: 176, cell: (one) => <time dateTime={one.isolation.lockedAt ?? ""}>{format.dateTime(lockedAt(one), zoneOf(one.siteId))}</time> },
    { key: "long", header: text("orders.isolation.long"), width: 100, cell: (one) => format.duration(floored(now - lockedAt(one))) },
    { key: "owner", header: text("orders.isolation.owner"), width: 130, cell: (one) => <bdi>{nameOf(one.isolation.lockedBy ?? "")}</bdi> },
    { key: "state", header: text("orders.isolation.state"), width: 92, cell: (one) => text(`orders.isolation.state.${one.isolation.state}`) },
    { key: "equipment", header: text("orders.asset"), width: 84, cell: (one) => byId.get(one.isolation.equipmentId ?? one.assetId)?.code ?? "–" },
    { key: "site", header: text("orders.site"), width: 104, hidden: true, cell: (one) => sites.get(one.siteId)?.code ?? "–" },
  ], [text, format, nameOf, sites, byId, zoneOf, now]);
}
