import type { Operations } from "generated/api";
import { useState } from "react";
import { call } from "../../../shared/api/call";
import { useText } from "../../../shared/localization";
import { IconButton, toast, type Sort } from "../../../shared/ui";
import { download } from "../../../shared/ui/download";
import { explain } from "../../administration/useApiForm";
import type { Query } from "./filters";

type ExportQuery = Operations["GET /api/v1/workorders/export"]["query"];

/** What the server can order by, of what the list can. Age is the time since it was created, so it goes the other way. */
const keys: Record<string, { ascending: NonNullable<ExportQuery["sort"]>; descending: NonNullable<ExportQuery["sort"]> }> = {
  number: { ascending: "number", descending: "-number" },
  priority: { ascending: "priority", descending: "-priority" },
  start: { ascending: "scheduledStart", descending: "-scheduledStart" },
  updated: { ascending: "updatedAt", descending: "-updatedAt" },
  age: { ascending: "-createdAt", descending: "createdAt" },
};

/** The list that is shown, all of it, as a table for spreadsheets. What is due within some days only the page can tell. */
export function ExportButton({ query, sort, isByDue }: { query: Query | null; sort: Sort; isByDue: boolean }) {
  const text = useText();
  const [busy, setBusy] = useState(false);
  const save = async () => {
    if (!query) return;
    setBusy(true);
    try {
      const { limit: _, ...filter } = query;
      const lines = await call("GET /api/v1/workorders/export", { query: { ...filter, sort: keys[sort.key]?.[sort.direction] ?? filter.sort } as ExportQuery });
      // The browser has read the mark by which spreadsheets know that this is UTF-8, and left it out.
      download(`\ufeff${lines}`, `work-orders-${new Date().toISOString().slice(0, 10)}.csv`, "text/csv");
    } catch (error) {
      toast({ tone: "danger", text: explain(error) });
    } finally {
      setBusy(false);
    }
  };
  return <IconButton icon="download" label={text(busy ? "orders.export.busy" : "orders.export")} busy={busy} disabledReason={isByDue ? text("orders.export.by_due") : query ? undefined : text("ui.loading")} onClick={() => void save()} />;
}
