import type { Operations } from "generated/api";
import type { Operation } from "../api/call";

/** Kinds of records that the gateway tells of when they change. */
export type LiveKind = "workorders" | "alerts" | "notifications" | "assets" | "sites" | "sensors" | "alert-rules" | "predictions";

/** Of these, the gateway tells some members only, since the whole state is not in the log. What is shown of them is read anew. */
export const toldPartly: ReadonlySet<LiveKind> = new Set<LiveKind>(["alerts", "notifications", "predictions"]);

/** Members that only reads have: neither the gateway nor the answer to a change tells them. What is known of them stays until it is read. */
export const readBeside: ReadonlySet<string> = new Set(["serviceLevel"]);

/** A record as lists and single reads show it. */
export interface LiveRecord {
  id: string;
  version?: number;
}

interface RecordsOf {
  kind: LiveKind;
  shape: "list" | "one" | "about";
  /** Whether a list with this query has the record in it; `null`: only the server knows. Such a list need not be read anew for each change. */
  fits?: (query: Query, record: LiveRecord) => boolean | null;
  /** By what a list with this query is ordered, the highest first; by `createdAt` unless said. */
  orderedBy?: (query: Query, record: LiveRecord) => string | number;
}

export type Query = Record<string, unknown>;

/**
 * Which records an operation answers with. What happens to one then reaches everything on the page that shows it.
 *
 * `list`: `items` holds them. `one`: the answer is one, with the id of the path. `about`: the answer is made of such records, and is read anew.
 */
export const recordsOf: { [K in Operation]?: RecordsOf } = {
  "GET /api/v1/workorders": { kind: "workorders", shape: "list", fits: fitsWorkOrders, orderedBy: orderOfWorkOrders },
  "GET /api/v1/workorders/{id}": { kind: "workorders", shape: "one" },
  "GET /api/v1/workorders/{id}/history": { kind: "workorders", shape: "about" },
  // Clocks follow the moves of the work.
  "GET /api/v1/workorders/{id}/parts": { kind: "workorders", shape: "about" },
  "GET /api/v1/workorders/{id}/labor": { kind: "workorders", shape: "about" },
  // Whether the work order still is what was signed.
  "GET /api/v1/workorders/{id}/signatures": { kind: "workorders", shape: "about" },
  "GET /api/v1/costs/workorders/{id}": { kind: "workorders", shape: "about" },
  // Work that begins, pauses or ends says what becomes of its permits.
  "GET /api/v1/workorders/{id}/permits": { kind: "workorders", shape: "about" },
  "GET /api/v1/workorders/summary": { kind: "workorders", shape: "about" },
  "GET /api/v1/alerts": { kind: "alerts", shape: "list", fits: fitsAlerts, orderedBy: (_, record) => textIn(record, "lastAt") },
  "GET /api/v1/alerts/{id}": { kind: "alerts", shape: "one" },
  "GET /api/v1/alerts/summary": { kind: "alerts", shape: "about" },
  "GET /api/v1/alert-rules": { kind: "alert-rules", shape: "list" },
  "GET /api/v1/alert-rules/{id}": { kind: "alert-rules", shape: "one" },
  "GET /api/v1/notifications": { kind: "notifications", shape: "list" },
  "GET /api/v1/assets": { kind: "assets", shape: "list" },
  "GET /api/v1/assets/{id}": { kind: "assets", shape: "one" },
  "GET /api/v1/assets/{id}/hierarchy": { kind: "assets", shape: "about" },
  "GET /api/v1/assets/{id}/prediction": { kind: "predictions", shape: "about" },
  "GET /api/v1/sites": { kind: "sites", shape: "list" },
  "GET /api/v1/sites/summary": { kind: "assets", shape: "about" },
  "GET /api/v1/sites/{id}": { kind: "sites", shape: "one" },
  "GET /api/v1/sensors": { kind: "sensors", shape: "list" },
};

const seconds = 1_000;

/** What the gateway does not tell of, and people look at for a while: after how many milliseconds it is read again, while somebody uses the page. */
export const readAgainAfter: { [K in Operation]?: number } = {
  "GET /api/v1/api-keys": 20 * seconds,
  "GET /api/v1/audit": 20 * seconds,
  "GET /api/v1/auth/sessions": 20 * seconds,
  "GET /api/v1/automation-rules": 20 * seconds,
  "GET /api/v1/automation-rules/{rule}": 20 * seconds,
  "GET /api/v1/automation-rules/{rule}/runs": 20 * seconds,
  "GET /api/v1/certificates": 20 * seconds,
  "GET /api/v1/costs/rates": 20 * seconds,
  "GET /api/v1/crews": 20 * seconds,
  "GET /api/v1/costs/workorders/{id}": 20 * seconds,
  "GET /api/v1/incidents": 20 * seconds,
  "GET /api/v1/incidents/{id}": 20 * seconds,
  "GET /api/v1/isolations": 10 * seconds,
  "GET /api/v1/legal-holds": 20 * seconds,
  "GET /api/v1/operations/fleet": 5 * seconds,
  // Whoever is at a lock waits for what somebody else does.
  "GET /api/v1/permits": 10 * seconds,
  "GET /api/v1/permits/{id}": 10 * seconds,
  "GET /api/v1/request-links": 20 * seconds,
  "GET /api/v1/requests": 20 * seconds,
  "GET /api/v1/requests/{request}": 20 * seconds,
  "GET /api/v1/roles": 20 * seconds,
  "GET /api/v1/sync/status": 20 * seconds,
  "GET /api/v1/schedule": 60 * seconds,
  "GET /api/v1/schedule/workload": 60 * seconds,
  "GET /api/v1/shifts": 20 * seconds,
  "GET /api/v1/shifts/{id}/turns": 20 * seconds,
  "GET /api/v1/skills": 20 * seconds,
  "GET /api/v1/tenants": 20 * seconds,
  "GET /api/v1/time-off": 20 * seconds,
  "GET /api/v1/users": 20 * seconds,
  "GET /api/v1/users/{id}": 20 * seconds,
  "GET /api/v1/webhooks": 20 * seconds,
  "GET /api/v1/webhooks/{webhook}": 20 * seconds,
  "GET /api/v1/webhooks/{webhook}/deliveries": 5 * seconds,
  "GET /api/v1/workorders/service-levels": 60 * seconds,
  "GET /api/v1/workorders/views": 20 * seconds,
  "GET /api/v1/workorders/{id}/labor": 20 * seconds,
  "GET /api/v1/workorders/{id}/parts": 20 * seconds,
  "GET /api/v1/costs/budgets": 20 * seconds,
  "GET /api/v1/costs/budgets/{id}/variance": 20 * seconds,
  "GET /api/v1/workorders/templates": 20 * seconds,
  "GET /api/v1/workorders/templates/{id}": 20 * seconds,
  "GET /api/v1/workorders/{id}/attachments": 20 * seconds,
  "GET /api/v1/workorders/{id}/permits": 20 * seconds,
  "GET /api/v1/workorders/{id}/signatures": 20 * seconds,
  // People answer one another.
  "GET /api/v1/workorders/{id}/comments": 10 * seconds,
};

/** What changes when an operation has been done: everything of this kind that is shown is read anew. */
export const kindChangedBy = (operation: Operation): string => {
  const path = operation.split(" ")[1] ?? "";
  // These do not change with work orders, nor work orders with them: a checklist that somebody goes through reads them once.
  const apart = /\/workorders\/(templates)\b|\/workorders\/\{id\}\/(attachments|comments|signatures)\b/.exec(path);
  return apart?.[1] ?? apart?.[2] ?? path.split("/")[3] ?? path;
};

/** Operations that answer with one record of a kind, so that the answer can be put where it is shown. */
export type Page<K extends Operation> = Operations[K]["answer"] extends { items: (infer Item)[]; nextCursor?: string | null }
  ? Item
  : never;

/** The newer of two states of a record. */
export function newer<Record extends LiveRecord>(known: Record, told: Record): Record {
  if (known.version === undefined || told.version === undefined) return told;
  return told.version > known.version ? told : known;
}

/** What lists can be narrowed by as the record itself tells it. */
const ofWorkOrders = ["status", "phase", "type", "priority", "siteId", "assetId", "assignedTo"];
const ofAlerts = ["status", "severity", "siteId", "assetId", "ruleId"];

export const textIn = (record: LiveRecord, name: string): string => String((record as unknown as Query)[name] ?? "");

const urgencies = ["low", "medium", "high", "critical"];

/** A list of work orders has the newest first, or the most urgent; any other order is the server's to know. */
function orderOfWorkOrders({ sort }: Query, record: LiveRecord): string | number {
  return sort === "-priority" ? urgencies.indexOf(textIn(record, "priority")) : textIn(record, "createdAt");
}

function fitsWorkOrders({ sort, ...query }: Query, record: LiveRecord): boolean | null {
  return fits(sort === "-priority" ? query : { ...query, sort }, record, ofWorkOrders);
}

function fitsAlerts(query: Query, record: LiveRecord): boolean | null {
  return fits(query, record, ofAlerts, true);
}

function fits(query: Query, record: LiveRecord, own: readonly string[], isPartial = false): boolean | null {
  const fields = record as unknown as Query;
  let isSure = true;
  for (const [name, wanted] of Object.entries(query)) {
    if (wanted === undefined || wanted === "" || name === "limit" || name === "cursor") continue;
    if (name === "unassigned") {
      if (Boolean(fields["assignedTo"]) === (wanted === true)) return false;
      continue;
    }
    // What is told partly does not say everything of itself.
    if (!own.includes(name) || (isPartial && !(name in fields))) isSure = false;
    else if (Array.isArray(wanted) ? wanted.length > 0 && !wanted.includes(fields[name]) : fields[name] !== wanted) return false;
  }
  return isSure ? true : null;
}
