import type { WorkTemplateSummary } from "generated/api";
import { useMemo } from "react";
import { shownProblem } from "../../administration/useApiForm";
import { useKept, useTyped } from "../../administration/useKept";
import { useData } from "../../../shared/data";
import { useText } from "../../../shared/localization";
import { useFormat } from "../../../shared/localization/format";
import { Link, navigate, useSearch } from "../../../shared/router";
import { useMay } from "../../../shared/session/session";
import { Button, Card, EmptyState, PageHeader, SearchField, SegmentedControl, Select, Status, statusNames, Table, type Column } from "../../../shared/ui";
import { useNames } from "../../people";
import { useSites } from "../../places";
import { useKeys } from "../../useKeys";

/** What work orders are made from. */
export default function TemplatesPage() {
  const text = useText();
  const format = useFormat();
  const mayManage = useMay()("procedure:manage");
  const [search, setSearch] = useSearch();
  const sites = useSites();
  const nameOf = useNames();
  const words = search.get("q") ?? "";
  const [typed, setTyped] = useTyped(words, (q) => setSearch({ q }));
  const isArchived = search.get("archived") === "1";
  const site = search.get("site") ?? "";
  const list = useData("GET /api/v1/workorders/templates", { query: { limit: 100, q: words.slice(0, 100), siteId: site, ...(isArchived ? { isArchived } : {}) } });
  const data = useKept(list.data);
  const create = () => navigate("/templates/new");
  useKeys({ c: mayManage ? create : undefined, "/": () => document.querySelector<HTMLElement>(".template-search input")?.focus() });
  const columns = useMemo<Column<WorkTemplateSummary>[]>(() => [
    { key: "name", header: text("orders.template.name"), minWidth: 220, fixed: true, cell: ({ id, name }) => <Link to={`/templates/${id}`} title={name}>{name}</Link> },
    { key: "type", header: text("orders.type"), width: 120, cell: ({ type }) => text(`orders.type.${type}`) },
    { key: "priority", header: text("orders.priority"), width: 100, words: statusNames("priority"), cell: ({ priority }) => <Status kind="priority" value={priority} /> },
    { key: "tasks", header: text("orders.tasks"), width: 80, align: "end", cell: ({ taskCount }) => format.number(taskCount) },
    { key: "estimate", header: text("orders.template.estimate"), width: 130, align: "end", cell: ({ estimatedMinutes: minutes }) => (minutes ? format.duration(minutes * 60_000) : <span className="muted">–</span>) },
    { key: "site", header: text("orders.site"), minWidth: 130, cell: ({ siteId }) => (siteId ? sites.get(siteId)?.name ?? "" : <span className="muted">{text("orders.template.all_sites")}</span>) },
    { key: "version", header: text("orders.template.versions"), width: 90, align: "end", cell: ({ version }) => format.number(version) },
    { key: "updated", header: text("orders.template.updated"), width: 140, cell: ({ updatedAt }) => <span title={format.dateTime(updatedAt)}>{format.date(updatedAt)}</span> },
    { key: "by", header: text("orders.template.updated_by"), minWidth: 120, hidden: true, cell: ({ updatedBy }) => nameOf(updatedBy) },
  ], [text, format, sites, nameOf]);
  const isFiltered = words !== "" || site !== "" || isArchived;
  return (
    <>
      <PageHeader
        title={text("pages.templates")} description={text("orders.template.about")}
        actions={mayManage && <Button icon="plus" kind="primary" onClick={create} aria-keyshortcuts="c">{text("orders.template.new")}</Button>}
      />
      <Card flush>
        <Table
          label={text("pages.templates")} rows={data?.items ?? []} rowKey={({ id }) => id} columns={columns} remember="templates" loading={list.isLoading && !data} maxHeight={720}
          problem={data ? undefined : shownProblem(list.problem)} retry={list.retry} onEnd={list.data?.nextCursor ? list.more : undefined} onOpen={({ id }) => navigate(`/templates/${id}`)}
          card={({ id, name, type, priority, taskCount }) => (
            <div className="stack-tight">
              <div className="row-apart"><Link to={`/templates/${id}`} className="truncate">{name}</Link><Status kind="priority" value={priority} /></div>
              <div className="row-apart muted"><span>{text(`orders.type.${type}`)}</span><span>{text("orders.new.tasks_count", { count: taskCount })}</span></div>
            </div>
          )}
          tools={
            <div className="admin-filters">
              <SegmentedControl
                label={text("orders.template.shown")} value={isArchived ? "archived" : "used"} onChange={(next) => setSearch({ archived: next === "archived" ? "1" : null })}
                options={[{ value: "used", label: text("orders.template.in_use") }, { value: "archived", label: text("orders.template.archived") }]}
              />
              <SearchField label={text("orders.template.search")} value={typed} onChange={setTyped} className="template-search" />
              {sites.size > 1 && (
                <Select
                  label={text("orders.site")} hideLabel value={site} placeholder={text("orders.template.any_site")} options={[...sites.values()].map(({ id, name }) => ({ value: id, label: name }))}
                  onChange={(value) => setSearch({ site: value })}
                />
              )}
            </div>
          }
          empty={
            isFiltered
              ? <EmptyState title={text("orders.template.none_fit")} action={<Button onClick={() => { setTyped(""); setSearch({ q: null, site: null, archived: null }); }}>{text("orders.clear")}</Button>} />
              : <EmptyState title={text("orders.template.none")} icon="copy" action={mayManage && <Button icon="plus" kind="primary" onClick={create}>{text("orders.template.new")}</Button>}>{text("orders.template.none_hint")}</EmptyState>
          }
        />
      </Card>
    </>
  );
}
