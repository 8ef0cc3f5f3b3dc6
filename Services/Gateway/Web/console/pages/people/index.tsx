import type { UserResponse } from "generated/api";
import { useEffect, useMemo, useState } from "react";
import { PersonState } from "../../administration/people";
import { useRoleName, useRoleOptions } from "../../administration/roles";
import { useSiteOptions } from "../../administration/places";
import { shownProblem } from "../../administration/useApiForm";
import { useKept, useTyped } from "../../administration/useKept";
import { useData } from "../../../shared/data";
import { listed, useText } from "../../../shared/localization";
import { useFormat } from "../../../shared/localization/format";
import { Link, navigate, useSearch } from "../../../shared/router";
import { useMay } from "../../../shared/session/session";
import { Button, Card, type Column, EmptyState, PageHeader, SearchField, Select, Table } from "../../../shared/ui";
import { ImportDialog } from "./ImportDialog";
import { InviteDialog } from "./InviteDialog";

type Status = "active" | "invited" | "inactive";
const states: Status[] = ["active", "invited", "inactive"];

export default function People() {
  const text = useText();
  const format = useFormat();
  const may = useMay();
  const [search, setSearch] = useSearch();
  const [dialog, setDialog] = useState<"invite" | "import">();
  const roleName = useRoleName();
  const roles = useRoleOptions();
  const sites = useSiteOptions();
  const words = search.get("q") ?? "";
  const [typed, setTyped] = useTyped(words, (q) => setSearch({ q }));
  const status = states.find((one) => one === search.get("status"));
  const role = search.get("role") ?? "";
  const people = useData("GET /api/v1/users", { query: { limit: 100, search: words, role, ...(status ? { status } : {}) } });
  const data = useKept(people.data);
  // Whoever was erased is of interest only to those who look for people who have left.
  const shown = useMemo(() => data?.items.filter((user) => status === "inactive" || !user.isErased) ?? [], [data, status]);
  const isThin = shown.length < 20 && Boolean(people.data?.nextCursor) && !people.isLoading;
  const { more } = people;
  useEffect(() => { if (isThin) more(); }, [isThin, more]);

  const columns = useMemo<Column<UserResponse>[]>(() => {
    const nameOf = (user: UserResponse) => (user.isErased ? text("admin.person.erasedName") : user.displayName);
    const siteName = (id: string) => sites.find((site) => site.value === id)?.label ?? id.slice(0, 8);
    const sitesOf = (user: UserResponse) => (user.siteIds.length > 0 ? listed(user.siteIds.map(siteName)) : "–");
    return [
      { key: "name", header: text("admin.people.name"), minWidth: 150, fixed: true, cell: (user) => <Link to={`/people/${user.id}`}>{nameOf(user)}</Link> },
      { key: "email", header: text("admin.person.email"), minWidth: 240, cell: (user) => (user.isErased ? "–" : <span title={user.email}>{user.email}</span>) },
      { key: "roles", header: text("admin.person.roles"), minWidth: 160, cell: (user) => listed(rolesOf(user).map(roleName)) },
      { key: "sites", header: text("admin.person.sites"), minWidth: 90, cell: sitesOf },
      { key: "state", header: text("admin.person.state"), width: 100, cell: (user) => <PersonState user={user} /> },
      { key: "employment", header: text("admin.person.employment"), width: 120, hidden: true, cell: (user) => text(`admin.employment.${user.employment}`) },
      { key: "skills", header: text("admin.person.skills"), minWidth: 150, hidden: true, cell: (user) => listed(user.skills) },
      {
        key: "last", header: text("admin.person.lastLogin"), width: 140,
        cell: (user) => user.lastLoginAt ? <span title={format.dateTime(user.lastLoginAt)}>{format.relative(user.lastLoginAt)}</span> : <span className="muted">{text("admin.never")}</span>,
      },
    ];
  }, [text, format, roleName, sites]);

  const isFiltered = words !== "" || status !== undefined || role !== "";
  return (
    <>
      <PageHeader
        title={text("pages.people")}
        actions={may("user:create") && (
          <>
            <Button icon="list" onClick={() => setDialog("import")}>{text("admin.import.open")}</Button>
            <Button icon="plus" kind="primary" onClick={() => setDialog("invite")}>{text("admin.invite.open")}</Button>
          </>
        )}
      />
      <Card flush>
        <Table
          label={text("pages.people")} rows={shown} rowKey={(user) => user.id} columns={columns} remember="people"
          loading={people.isLoading && !data} problem={data ? undefined : shownProblem(people.problem)} retry={people.retry} onEnd={people.data?.nextCursor ? more : undefined}
          onOpen={(user) => navigate(`/people/${user.id}`)} maxHeight={720}
          card={(user) => (
            <div className="stack-tight">
              <div className="row-apart"><Link to={`/people/${user.id}`}>{user.isErased ? text("admin.person.erasedName") : user.displayName}</Link><PersonState user={user} /></div>
              <div className="row-apart"><span className="muted truncate">{listed(rolesOf(user).map(roleName))}</span></div>
            </div>
          )}
          tools={
            <div className="admin-filters">
              <SearchField label={text("admin.people.search")} value={typed} onChange={setTyped} />
              <Select
                label={text("admin.person.state")} hideLabel value={status ?? ""} placeholder={text("admin.people.anyState")}
                options={states.map((value) => ({ value: value as string, label: text(`admin.person.state.${value}`) }))} onChange={(value) => setSearch({ status: value })}
              />
              {roles.length > 0 && (
                <Select label={text("admin.person.roles")} hideLabel value={role} placeholder={text("admin.people.anyRole")} options={roles} onChange={(value) => setSearch({ role: value })} />
              )}
            </div>
          }
          empty={
            isFiltered
              ? <EmptyState title={text("admin.people.none")} action={<Button onClick={() => { setTyped(""); setSearch({ q: null, status: null, role: null }); }}>{text("admin.filters.clear")}</Button>} />
              : <EmptyState title={text("admin.people.empty")} icon="users" />
          }
        />
      </Card>
      {dialog === "invite" && <InviteDialog close={() => setDialog(undefined)} />}
      {dialog === "import" && <ImportDialog close={() => setDialog(undefined)} />}
    </>
  );
}

const rolesOf = (user: UserResponse): string[] => [...new Set([...user.roles, ...(user.temporaryRoles ?? []).map((one) => one.role)])];
