import { useState } from "react";
import { explain } from "../../administration/useApiForm";
import { download } from "../../../shared/ui/download";
import { call } from "../../../shared/api/call";
import { useText } from "../../../shared/localization";
import { Menu, toast } from "../../../shared/ui";

/** The entries that are shown, as a file. Only one without filters can be verified as a whole. */
export function ExportMenu({ filter }: { filter: Record<string, string> }) {
  const text = useText();
  const [busy, setBusy] = useState(false);
  const save = async (format: "csv" | "jsonl") => {
    setBusy(true);
    try {
      const lines = await call("GET /api/v1/audit/export", { query: { ...filter, format } });
      download(typeof lines === "string" ? lines : JSON.stringify(lines), `audit-${new Date().toISOString().slice(0, 10)}.${format}`, format === "csv" ? "text/csv" : "application/jsonl");
    } catch (error) {
      toast({ tone: "danger", text: explain(error) });
    } finally {
      setBusy(false);
    }
  };
  return (
    <Menu
      label={text(busy ? "admin.audit.exporting" : "admin.audit.export")} icon="download" words
      items={[
        { key: "jsonl", label: text("admin.audit.jsonl"), run: () => void save("jsonl") },
        { key: "csv", label: text("admin.audit.csv"), run: () => void save("csv") },
      ]}
    />
  );
}
