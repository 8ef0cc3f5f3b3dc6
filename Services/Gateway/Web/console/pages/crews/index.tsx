import { useMemo, useState } from "react";
import { explain, shownProblem } from "../../administration/useApiForm";
import { useKept } from "../../administration/useKept";
import { useData } from "../../../shared/data";
import { listed, useText } from "../../../shared/localization";
import { useFormat } from "../../../shared/localization/format";
import { useSearch } from "../../../shared/router";
import { useMay } from "../../../shared/session/session";
import { Badge, Button, Card, EmptyState, Menu, PageHeader, Select, Switch, Table, toast, type Column, type MenuItem } from "../../../shared/ui";
import { ArchiveCrew, EditCrew, NewCrew } from "../../crews/CrewDialogs";
import { archiveCrew, type Crew } from "../../crews/crews";
import { useNames } from "../../people";
import { useSites } from "../../places";
import { useKeys } from "../../useKeys";

type Open = { what: "new" } | { what: "edit" | "archive"; crew: Crew };

/** Who works together at which site. */
export default function CrewsPage() {
  const text = useText();
  const format = useFormat();
  const mayManage = useMay()("crew:manage");
  const nameOf = useNames();
  const sites = useSites();
  const [search, setSearch] = useSearch();
  const [open, setOpen] = useState<Open | null>(null);
  const site = search.get("site") ?? "";
  const isArchived = search.get("archived") === "1";
  const list = useData("GET /api/v1/crews", { query: { limit: 100, isArchived, ...(site ? { siteId: site } : {}) } });
  const data = useKept(list.data);
  const create = () => setOpen({ what: "new" });
  useKeys({ c: mayManage ? create : undefined });
  const close = () => setOpen(null);
  const restore = (crew: Crew) => {
    archiveCrew(crew, false).then(() => toast({ tone: "success", text: text("admin.crew.restored", { name: crew.name }) }), (error: unknown) => toast({ tone: "danger", text: explain(error) })).finally(list.retry);
  };
  const acts = (crew: Crew) => {
    const items: MenuItem[] = crew.isArchived
      ? [{ key: "restore", label: text("admin.crew.restore"), icon: "refresh", run: () => restore(crew) }]
      : [{ key: "edit", label: text("orders.edit"), icon: "edit", run: () => setOpen({ what: "edit", crew }) }, { key: "archive", label: text("admin.crew.archive"), icon: "trash", danger: true, run: () => setOpen({ what: "archive", crew }) }];
    return mayManage && <Menu size="small" icon="more" label={text("admin.crew.more", { name: crew.name })} items={items} />;
  };
  const members = ({ members: all }: Crew) => listed([...all].sort((one, other) => Number(other.role === "lead") - Number(one.role === "lead")).map(({ userId, role }) => (role === "lead" ? text("admin.crew.leads", { name: nameOf(userId) }) : nameOf(userId))));
  const more: Column<Crew> = { key: "acts", header: text("orders.more"), width: 72, fixed: true, cell: acts };
  const columns = useMemo<Column<Crew>[]>(() => [
    { key: "code", header: text("admin.crew.code"), width: 120, fixed: true, cell: ({ code }) => <code>{code}</code> },
    { key: "name", header: text("admin.crew.name"), minWidth: 150, fixed: true, cell: ({ name, description }) => <span dir="auto" title={description ?? undefined}>{name}</span> },
    { key: "type", header: text("orders.type"), width: 120, cell: ({ type }) => text(`admin.crew.type.${type}`) },
    { key: "site", header: text("orders.site"), minWidth: 130, cell: ({ siteId }) => sites.get(siteId)?.name ?? "" },
    { key: "members", header: text("admin.crew.members"), minWidth: 220, cell: (crew) => <span title={members(crew)}>{members(crew)}</span> },
    { key: "count", header: text("admin.crew.count"), width: 80, align: "end", cell: (crew) => text("admin.crew.of_most", { count: format.number(crew.members.length), most: format.number(crew.maxMembers) }) },
    { key: "supervisor", header: text("admin.crew.supervisor"), minWidth: 130, cell: ({ supervisorId }) => (supervisorId ? <bdi>{nameOf(supervisorId)}</bdi> : <span className="muted">–</span>) },
    ...(mayManage ? [more] : []),
  ], [text, format, sites, nameOf, mayManage]);
  const button = mayManage && <Button icon="plus" kind="primary" aria-keyshortcuts="c" onClick={create}>{text("admin.crew.new")}</Button>;
  return (
    <>
      <PageHeader title={text("pages.crews")} description={text("admin.crew.about")} actions={button} />
      <Card flush>
        <Table
          label={text("pages.crews")} rows={data?.items ?? []} rowKey={({ id }) => id} columns={columns} remember="crews" loading={list.isLoading && !data} maxHeight={720}
          problem={data ? undefined : shownProblem(list.problem)} retry={list.retry} onEnd={list.data?.nextCursor ? list.more : undefined}
          cardHeight={104}
          card={(crew) => (
            <div className="row-apart">
              <div className="stack-tight"><strong dir="auto">{crew.name}</strong><span className="row"><code>{crew.code}</code><Badge>{text(`admin.crew.type.${crew.type}`)}</Badge></span><span className="muted truncate">{members(crew)}</span></div>
              {acts(crew)}
            </div>
          )}
          tools={
            <div className="admin-filters">
              {sites.size > 1 && <Select label={text("orders.site")} hideLabel value={site} placeholder={text("orders.budget.any_site")} options={[...sites.values()].map(({ id, name }) => ({ value: id, label: name }))} onChange={(value) => setSearch({ site: value })} />}
              <Switch label={text("admin.crew.show_archived")} value={isArchived} onChange={(on) => setSearch({ archived: on ? "1" : null })} />
            </div>
          }
          empty={<EmptyState title={text(isArchived ? "admin.crew.none_archived" : "admin.crew.none")} icon="users" action={!isArchived && button}>{!isArchived && text("admin.crew.none_hint")}</EmptyState>}
        />
      </Card>
      {open?.what === "new" && <NewCrew site={site} changed={list.retry} close={close} />}
      {open?.what === "edit" && <EditCrew crew={open.crew} changed={list.retry} close={close} />}
      {open?.what === "archive" && <ArchiveCrew crew={data?.items.find(({ id }) => id === open.crew.id) ?? open.crew} changed={list.retry} close={close} />}
    </>
  );
}
