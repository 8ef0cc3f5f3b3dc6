import { AuditList } from "../../administration/AuditList";
import { useText } from "../../../shared/localization";
import { useSearch } from "../../../shared/router";
import { useMay } from "../../../shared/session/session";
import { PageHeader, Tabs } from "../../../shared/ui";
import { AuditFilters, filterNames } from "./AuditFilters";
import { ExportMenu } from "./ExportMenu";
import { Proofs } from "./Proofs";
import { LegalHolds } from "./LegalHolds";

type Tab = "log" | "proofs" | "holds";

/** Who did what, when, and what it changed; and the proof that nobody has changed the log itself. */
export default function Audit() {
  const text = useText();
  const may = useMay();
  const [search, setSearch] = useSearch();
  const tabs: Tab[] = ["log", "proofs", ...(may("legal-hold:read") ? ["holds" as const] : [])];
  const tab = tabs.find((one) => one === search.get("tab")) ?? "log";
  const filter = Object.fromEntries(filterNames.map((name) => [name, search.get(name) ?? ""]).filter(([, value]) => value !== ""));
  return (
    <>
      <PageHeader title={text("pages.audit")} actions={tab === "log" && may("audit:export") && <ExportMenu filter={filter} />} />
      <Tabs
        label={text("admin.audit.parts")} value={tab} onChange={(value) => setSearch({ tab: value === "log" ? null : value, entry: null })}
        tabs={tabs.map((value) => ({ value, label: text(`admin.audit.tab.${value}`) }))}
      >
        {tab === "log" && <div className="stack"><AuditFilters /><AuditList filter={filter} /></div>}
        {tab === "proofs" && <Proofs />}
        {tab === "holds" && <LegalHolds />}
      </Tabs>
    </>
  );
}
