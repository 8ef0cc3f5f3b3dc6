import { useMemo, useState } from "react";
import { shownProblem } from "../../administration/useApiForm";
import { IncidentStatusBadge, SeverityBadge } from "../../incidents/IncidentBadges";
import { incidentStatuses, severities, type Incident, type IncidentQuery } from "../../incidents/incidents";
import { ReportDialog } from "../../incidents/ReportDialog";
import { useScope, useSites, useZones } from "../../places";
import { ScopeNote, ScopeSelect } from "../../Scope";
import { useKeys } from "../../useKeys";
import { useData } from "../../../shared/data";
import { useText } from "../../../shared/localization";
import { useFormat } from "../../../shared/localization/format";
import { Link, navigate, useSearch } from "../../../shared/router";
import { useMay } from "../../../shared/session/session";
import { Button, Card, EmptyState, PageHeader, Select, Table, type Column } from "../../../shared/ui";

/** Incidents and near misses, the latest first. */
export default function IncidentsPage() {
  const text = useText();
  const may = useMay();
  const [search, setSearch] = useSearch();
  const scope = useScope({ site: search.get("site") ?? "", portfolio: search.get("portfolio") ?? "" });
  const status = incidentStatuses.find((one) => one === search.get("status"));
  const severity = severities.find((one) => one === search.get("severity"));
  const query = scope.query && ({ ...scope.query, ...(status ? { status: [status] } : {}), ...(severity ? { severity: [severity] } : {}), limit: 100 } as IncidentQuery);
  const { data, problem, isLoading, retry, more } = useData("GET /api/v1/incidents", query && { query });
  const columns = useIncidentColumns();
  const [isNew, setNew] = useState(false);
  const mayReport = may("incident:report");
  useKeys({ c: mayReport ? () => setNew(true) : undefined });
  return (
    <>
      <PageHeader
        title={text("pages.incidents")} description={text("orders.incident.text")}
        actions={mayReport && <Button kind="primary" icon="plus" aria-keyshortcuts="c" onClick={() => setNew(true)}>{text("orders.incident.report")}</Button>}
      />
      <ScopeNote scope={scope} />
      <Card flush>
        <Table
          label={text("pages.incidents")} rows={data?.items ?? []} rowKey={({ id }) => id} columns={columns} remember="incidents" loading={isLoading && !data}
          problem={data ? undefined : shownProblem(problem)} retry={retry} onEnd={data?.nextCursor ? more : undefined} onOpen={({ id }) => navigate(`/incidents/${id}`)} cardHeight={88}
          tools={
            <div className="admin-filters">
              <Select
                hideLabel label={text("orders.incident.status")} value={status ?? ""} placeholder={text("orders.incident.any_status")} onChange={(next) => setSearch({ status: next })}
                options={incidentStatuses.map((value) => ({ value, label: text(`orders.incident.status.${value}`) }))}
              />
              <Select
                hideLabel label={text("orders.incident.severity")} value={severity ?? ""} placeholder={text("orders.incident.any_severity")} onChange={(next) => setSearch({ severity: next })}
                options={severities.map((value) => ({ value, label: text(`orders.incident.severity.${value}`) }))}
              />
              <ScopeSelect label={text("orders.site")} all={text("plant.any_site")} scope={scope} choose={setSearch} />
            </div>
          }
          card={(one) => (
            <div className="stack-tight">
              <div className="row-apart"><code>{one.number}</code><IncidentStatusBadge status={one.status} /></div>
              <div className="row-apart"><span className="truncate" dir="auto">{one.title}</span><SeverityBadge severity={one.severity} /></div>
            </div>
          )}
          empty={<EmptyState title={text("orders.incident.none")} icon="shield">{text("orders.incident.none_text")}</EmptyState>}
        />
      </Card>
      {isNew && <ReportDialog reported={({ id }) => navigate(`/incidents/${id}`)} close={() => setNew(false)} />}
    </>
  );
}

function useIncidentColumns(): Column<Incident>[] {
  const text = useText();
  const format = useFormat();
  const sites = useSites();
  const zoneOf = useZones();
  return useMemo(() => [
    { key: "number", header: text("orders.number"), width: 152, fixed: true, cell: (one) => <code>{one.number}</code> },
    { key: "title", header: text("orders.incident.title"), minWidth: 180, fixed: true, cell: (one) => <Link to={`/incidents/${one.id}`}><span dir="auto">{one.title}</span></Link> },
    { key: "severity", header: text("orders.incident.severity"), width: 112, cell: (one) => <SeverityBadge severity={one.severity} /> },
    { key: "status", header: text("orders.incident.status"), width: 176, cell: (one) => <IncidentStatusBadge status={one.status} /> },
    { key: "kind", header: text("orders.incident.kind"), width: 118, cell: (one) => text(`orders.incident.kind.${one.kind}`) },
    { key: "site", header: text("orders.site"), width: 104, cell: (one) => sites.get(one.siteId)?.code ?? "–" },
    { key: "when", header: text("orders.incident.when"), width: 190, cell: (one) => <time dateTime={one.occurredAt}>{format.dateTime(one.occurredAt, zoneOf(one.siteId))}</time> },
  ], [text, format, sites, zoneOf]);
}
