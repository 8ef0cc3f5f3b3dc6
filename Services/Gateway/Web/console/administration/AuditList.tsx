import type { AuditLogEntry } from "generated/api";
import { useEffect, useMemo } from "react";
import { useData } from "../../shared/data";
import { hasText, useText } from "../../shared/localization";
import { useFormat } from "../../shared/localization/format";
import { useSearch } from "../../shared/router";
import { Card, type Column, Drawer, EmptyState, Table } from "../../shared/ui";
import { AuditDetail } from "./AuditDetail";
import { orErased } from "./auditNames";
import { PersonName } from "./people";
import { shownProblem } from "./useApiForm";
import { useKept } from "./useKept";

/** "Work order changed" for `WORKORDER_UPDATED`. */
export function useActionName(): (action: string) => string {
  const text = useText();
  return (action) => {
    const key = `actions.${action}`;
    return hasText(key) ? text(key) : action;
  };
}

export function useResourceName(): (type: string) => string {
  const text = useText();
  return (type) => {
    const key = `admin.thing.${type}`;
    return hasText(key) ? text(key) : type;
  };
}

/** So many entries are looked through for the one that a link names. */
const furthest = 2_000;

/** Entries of the audit log, the newest first; one opens beside the list, with what was before and after. */
export function AuditList({ filter }: { filter: Record<string, string> }) {
  const text = useText();
  const format = useFormat();
  const [search, setSearch] = useSearch();
  const actionName = useActionName();
  const resourceName = useResourceName();
  const list = useData("GET /api/v1/audit", { query: { ...filter, limit: 100 } });
  const data = useKept(list.data);
  const wanted = search.get("entry");
  // It stays open while newer entries push it out of what is loaded.
  const known = useKept(data?.items.find((entry) => String(entry.id) === wanted));
  const opened = String(known?.id) === wanted ? known : undefined;
  // A link to an entry further back: the list goes on until it is there, but not for ever.
  const isFurther = wanted !== null && list.data !== undefined && !opened && !list.isLoading && Boolean(list.data.nextCursor) && list.data.items.length < furthest;
  const { more } = list;
  useEffect(() => { if (isFurther) more(); }, [isFurther, more]);
  const columns = useMemo<Column<AuditLogEntry>[]>(() => [
    { key: "id", header: text("admin.audit.number"), width: 80, align: "end", cell: (entry) => format.number(entry.id) },
    { key: "at", header: text("admin.audit.at"), width: 175, fixed: true, cell: (entry) => <time dateTime={entry.at} title={entry.at}>{format.dateTime(entry.at)}</time> },
    { key: "who", header: text("admin.audit.who"), minWidth: 130, cell: (entry) => <PersonName id={entry.userId} /> },
    { key: "what", header: text("admin.audit.what"), minWidth: 215, cell: (entry) => <span title={entry.action}>{actionName(entry.action)}</span> },
    { key: "record", header: text("admin.audit.record"), minWidth: 160, cell: (entry) => `${resourceName(entry.resourceType)} ${nameIn(entry) ?? ""}` },
    { key: "service", header: text("admin.audit.service"), width: 130, cell: (entry) => entry.service },
    { key: "address", header: text("admin.audit.address"), width: 130, cell: (entry) => (entry.address ? orErased(entry.address) : "–") },
  ], [text, format, actionName, resourceName]);
  return (
    <Card flush>
      <Table
        label={text("pages.audit")} rows={data?.items ?? []} rowKey={(entry) => String(entry.id)} columns={columns} remember="audit"
        loading={list.isLoading && !data} problem={data ? undefined : shownProblem(list.problem)} retry={list.retry} onEnd={list.data?.nextCursor ? list.more : undefined}
        onOpen={(entry) => setSearch({ entry: String(entry.id) })} current={opened && String(opened.id)} maxHeight={640}
        card={(entry) => (
          <div className="stack-tight">
            <div className="row-apart admin-one-line"><strong className="truncate">{actionName(entry.action)}</strong><span className="muted admin-no-wrap">{format.relative(entry.at)}</span></div>
            <div className="row-apart admin-one-line"><PersonName id={entry.userId} /><span className="muted truncate">{resourceName(entry.resourceType)} {nameIn(entry)}</span></div>
          </div>
        )}
        empty={<EmptyState title={text("admin.audit.none")} icon="history">{text("admin.audit.noneText")}</EmptyState>}
      />
      {opened && (
        <Drawer title={actionName(opened.action)} size="large" close={() => setSearch({ entry: null })}>
          <AuditDetail entry={opened} />
        </Drawer>
      )}
    </Card>
  );
}

/** What people call the record, if the entry says so. */
export function nameIn(entry: AuditLogEntry): string | undefined {
  const changes = changesOf(entry);
  for (const field of ["number", "name", "displayName", "code", "title", "role", "email"]) {
    const [before, after] = changes[field] ?? [];
    const words = after ?? before;
    if (typeof words === "string") return orErased(words);
  }
  return /^[0-9a-f]{8}-/.test(entry.resourceId ?? "") ? entry.resourceId?.slice(0, 8) : entry.resourceId ?? undefined;
}

/** Fields with their values before and after. */
export function changesOf(entry: AuditLogEntry): Record<string, readonly [unknown, unknown]> {
  if (typeof entry.changes !== "object" || entry.changes === null) return {};
  return Object.fromEntries(
    Object.entries(entry.changes as Record<string, unknown>).map(([field, pair]) =>
      [field, Array.isArray(pair) && pair.length === 2 ? ([pair[0], pair[1]] as const) : ([undefined, pair] as const)])
  );
}
