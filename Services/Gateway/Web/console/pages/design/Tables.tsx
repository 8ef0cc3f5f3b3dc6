import { useMemo, useState } from "react";
import { Button, Card, type Column, SearchField, type Sort, Status, Table } from "../../../shared/ui";
import { useFormat } from "../../../shared/localization/format";
import { Section } from "./Section";

interface Row { id: string; number: string; title: string; state: string; priority: string; site: string; person: string; due: number; hours: number }

const states = ["draft", "open", "scheduled", "in_progress", "on_hold", "completed", "cancelled"];
const priorities = ["low", "medium", "high", "critical"];
const titles = ["Replace fan of inverter", "Clean strings of block", "Check the torque of tower", "Oil sample of gearbox", "Thermal scan of transformer"];
const people = ["Ana Ruiz", "Björn Holm", "Chidi Okafor", "Devi Nair"];

function make(count: number): Row[] {
  const pick = (list: readonly string[], index: number) => list[index % list.length] ?? "";
  return Array.from({ length: count }, (_, index) => ({
    id: String(index), number: `WO-2026-${String(index + 1).padStart(6, "0")}`, title: `${pick(titles, index * 7)} ${index % 97}`, state: pick(states, index * 3),
    priority: pick(priorities, index * 5), site: `Site ${index % 40}`, person: pick(people, index), due: Date.UTC(2026, 11, 1) + ((index * 7919) % 90) * 86_400_000, hours: ((index * 37) % 80) / 4,
  }));
}

export function Tables() {
  const format = useFormat();
  const rows = useMemo(() => make(100_000), []);
  const [sort, setSort] = useState<Sort>({ key: "number", direction: "ascending" });
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const [query, setQuery] = useState("");
  const [opened, setOpened] = useState("");
  const columns = useMemo<Column<Row>[]>(() => [
    { key: "number", header: "Number", width: 150, sort: true, fixed: true, cell: (row) => <code>{row.number}</code> },
    { key: "title", header: "Title", minWidth: 200, sort: true, cell: (row) => row.title },
    { key: "state", header: "State", width: 140, sort: true, cell: (row) => <Status kind="workOrder" value={row.state} /> },
    { key: "priority", header: "Priority", width: 110, sort: true, cell: (row) => <Status kind="priority" value={row.priority} /> },
    { key: "site", header: "Site", width: 100, sort: true, cell: (row) => row.site },
    { key: "person", header: "Assigned to", width: 140, sort: true, cell: (row) => row.person },
    { key: "due", header: "Due", width: 120, sort: true, cell: (row) => format.date(row.due) },
    { key: "hours", header: "Hours", width: 80, align: "end", sort: true, hidden: true, cell: (row) => format.number(row.hours) },
  ], [format]);
  const shown = useMemo(() => {
    const key = sort.key as keyof Row;
    const sign = sort.direction === "ascending" ? 1 : -1;
    const wanted = query.toLowerCase();
    return rows
      .filter((row) => wanted === "" || row.title.toLowerCase().includes(wanted))
      .sort((one, other) => sign * (one[key] < other[key] ? -1 : one[key] > other[key] ? 1 : 0));
  }, [rows, sort, query]);
  const common = { columns, rowKey: (row: Row) => row.id };
  const card = (row: Row) => (
    <div className="stack-tight">
      <div className="row-apart"><code>{row.number}</code><Status kind="workOrder" value={row.state} /></div>
      <div className="row-apart"><span className="truncate">{row.title}</span><Status kind="priority" value={row.priority} iconOnly /></div>
    </div>
  );
  return (
    <>
      <Section title="Table of 100,000 rows" wide>
        <Card flush>
          <Table
            {...common} label="Work orders" rows={shown} total={shown.length} sort={sort} onSort={setSort} selected={selected} onSelect={setSelected} remember="design"
            onOpen={(row) => setOpened(row.number)} card={card} maxHeight={480}
            tools={<SearchField label="Filter by title" value={query} onChange={setQuery} />} bulk={<Button size="small" icon="user">Assign</Button>}
          />
        </Card>
        <p className="muted">Last opened: {opened || "none"}</p>
      </Section>
      <Section title="Table on a phone">
        <div className="design-narrow"><Table {...common} label="Work orders as cards" rows={rows} onOpen={(row) => setOpened(row.number)} card={card} maxHeight={300} /></div>
      </Section>
      <Section title="Table: loading, empty, error" wide>
        <Card flush><Table {...common} label="Loading" rows={[]} loading /></Card>
        <Card flush><Table {...common} label="Empty" rows={[]} /></Card>
        <Card flush><Table {...common} label="Failed" rows={[]} problem={{ message: "The service is busy." }} retry={() => undefined} /></Card>
      </Section>
    </>
  );
}
