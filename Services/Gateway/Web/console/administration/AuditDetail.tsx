import type { AuditLogEntry } from "generated/api";
import type { ReactNode } from "react";
import { listed, text as textNow, useText } from "../../shared/localization";
import { type Format, useFormat } from "../../shared/localization/format";
import { Link } from "../../shared/router";
import { ChangeList, KeyValue } from "../../shared/ui";
import { changesOf, useResourceName } from "./AuditList";
import { fieldName, orErased, valueName } from "./auditNames";
import { PersonName } from "./people";

const isInstant = (value: string): boolean => /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/.test(value);
const people = new Set(["userId", "assigneeId", "createdBy", "assignedBy", "placedBy", "releasedBy", "requestedBy", "changedBy", "actorId", "assignedTo", "acknowledgedBy", "closedBy"]);

/** Pages of records. */
const pages: Record<string, string> = { workorder: "/work-orders", asset: "/assets", site: "/sites", user: "/people" };

/** One entry: who, when, from where, and each field before and after. */
export function AuditDetail({ entry }: { entry: AuditLogEntry }) {
  const text = useText();
  const format = useFormat();
  const resourceName = useResourceName();
  const changes = Object.entries(changesOf(entry));
  const page = pages[entry.resourceType];
  return (
    <div className="stack">
      <KeyValue
        entries={[
          { label: text("admin.audit.at"), value: <time dateTime={entry.at} title={entry.at}>{format.dateTime(entry.at)}</time> },
          { label: text("admin.audit.who"), value: <PersonName id={entry.userId} /> },
          {
            label: text("admin.audit.record"),
            value: <>{resourceName(entry.resourceType)} {entry.resourceId && (page ? <Link to={`${page}/${entry.resourceId}`}>{entry.resourceId}</Link> : <code>{entry.resourceId}</code>)}</>,
          },
          { label: text("admin.audit.history"), value: entry.resourceId ? <Link to={`/audit?${new URLSearchParams({ resourceType: entry.resourceType, resourceId: entry.resourceId })}`}>{text("admin.audit.sameRecord")}</Link> : undefined },
          { label: text("admin.audit.action"), value: <code>{entry.action}</code> },
          { label: text("admin.audit.service"), value: entry.service },
          { label: text("admin.audit.address"), value: entry.address ? orErased(entry.address) : undefined },
          { label: text("admin.audit.agent"), value: entry.userAgent ? orErased(entry.userAgent) : undefined },
          { label: text("admin.audit.number"), value: format.number(entry.id) },
        ]}
      />
      <section className="stack-tight" aria-label={text("admin.audit.changes")}>
        <h3>{text("admin.audit.changes")}</h3>
        {changes.length === 0 ? <p className="muted">{text("admin.audit.noChanges")}</p> : (
          <ChangeList changes={changes.map(([field, [before, after]]) => ({ field, label: fieldName(field), before: shown(entry.resourceType, field, before, format), after: shown(entry.resourceType, field, after, format) }))} />
        )}
      </section>
    </div>
  );
}

function shown(kind: string, field: string, value: unknown, format: Format): ReactNode {
  if (value === null || value === undefined || value === "") return "";
  if (typeof value === "boolean") return textNow(value ? "admin.yes" : "admin.no");
  if (typeof value === "number") return format.number(value, { maximumFractionDigits: 6 });
  if (typeof value === "string") {
    if (people.has(field)) return <PersonName id={value} />;
    return isInstant(value) ? format.dateTime(value) : valueName(kind, field, value);
  }
  if (Array.isArray(value) && value.every((one) => typeof one === "string" || typeof one === "number")) return value.length === 0 ? "" : listed(value.map((one) => valueName(kind, field, String(one))));
  return <code>{JSON.stringify(value)}</code>;
}
