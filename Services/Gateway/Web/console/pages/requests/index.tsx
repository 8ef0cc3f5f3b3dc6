import { useMemo } from "react";
import { shownProblem } from "../../administration/useApiForm";
import { useKept } from "../../administration/useKept";
import { useData } from "../../../shared/data";
import { useText } from "../../../shared/localization";
import { useFormat } from "../../../shared/localization/format";
import { Link, navigate, useSearch } from "../../../shared/router";
import { Badge, Card, EmptyState, PageHeader, SegmentedControl, Select, Table, type Column } from "../../../shared/ui";
import { useSites } from "../../places";
import { PlaceName } from "../../requests/Place";
import { requestStates, type RequestState, type ServiceRequest } from "../../requests/requests";

/** What people without an account have asked for, the newest first. */
export default function RequestsPage() {
  const text = useText();
  const format = useFormat();
  const sites = useSites();
  const [search, setSearch] = useSearch();
  const state = requestStates.find((one) => one === search.get("state")) ?? "new";
  const site = search.get("site") ?? "";
  const list = useData("GET /api/v1/requests", { query: { state, limit: 50, ...(site ? { siteId: site } : {}) } });
  const data = useKept(list.data);
  const columns = useMemo<Column<ServiceRequest>[]>(() => [
    { key: "what", header: text("orders.request.what"), minWidth: 240, fixed: true, cell: (one) => <Link to={`/requests/${one.id}`} className="truncate"><span dir="auto">{one.description.split("\n")[0]}</span></Link> },
    { key: "kind", header: text("orders.type"), width: 130, cell: (one) => <Kind request={one} /> },
    { key: "label", header: text("orders.request.sign_at"), minWidth: 140, cell: (one) => <span dir="auto">{one.label}</span> },
    { key: "place", header: text("orders.request.place"), minWidth: 140, cell: (one) => <PlaceName at={one} /> },
    { key: "when", header: text("orders.created"), width: 150, cell: (one) => <time dateTime={one.createdAt} title={format.dateTime(one.createdAt)}>{format.relative(one.createdAt)}</time> },
  ], [text, format]);
  return (
    <>
      <PageHeader title={text("pages.requests")} description={text("orders.request.about")} actions={<Link to="/requests/links" className="ui-button ui-button-secondary ui-button-medium">{text("pages.request_links")}</Link>} />
      <Card flush>
        <Table
          label={text("pages.requests")} rows={data?.items ?? []} rowKey={({ id }) => id} columns={columns} remember="requests" loading={list.isLoading && !data} maxHeight={720}
          problem={data ? undefined : shownProblem(list.problem)} retry={list.retry} onEnd={list.data?.nextCursor ? list.more : undefined} onOpen={({ id }) => navigate(`/requests/${id}`)}
          cardHeight={108}
          card={(one) => (
            <div className="stack-tight">
              <Link to={`/requests/${one.id}`} className="truncate"><span dir="auto">{one.description.split("\n")[0]}</span></Link>
              <div className="row-apart"><Kind request={one} /><span className="muted">{format.relative(one.createdAt)}</span></div>
              <span className="muted truncate" dir="auto">{one.label}</span>
            </div>
          )}
          tools={
            <div className="admin-filters">
              <SegmentedControl<RequestState> label={text("orders.status")} value={state} onChange={(next) => setSearch({ state: next === "new" ? null : next })} options={requestStates.map((value) => ({ value, label: text(`orders.request.state.${value}`) }))} />
              {sites.size > 1 && (
                <Select
                  label={text("orders.site")} hideLabel value={site} placeholder={text("orders.budget.any_site")} options={[...sites.values()].map(({ id, name }) => ({ value: id, label: name }))}
                  onChange={(value) => setSearch({ site: value })}
                />
              )}
            </div>
          }
          empty={<EmptyState title={text(`orders.request.none.${state}`)} icon="bell">{state === "new" && text("orders.request.none_hint")}</EmptyState>}
        />
      </Card>
    </>
  );
}

function Kind({ request: { kind } }: { request: ServiceRequest }) {
  const text = useText();
  return <Badge tone={kind === "safety" ? "danger" : "neutral"}>{text(`orders.request.kind.${kind}`)}</Badge>;
}
