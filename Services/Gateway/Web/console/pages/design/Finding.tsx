import { useMemo, useState } from "react";
import { Button, Card, type Command, CommandPalette, DateRange, type Range, SearchField, Status, Tree, type TreeNode, useCommandKey } from "../../../shared/ui";
import { Section } from "./Section";

function plant(): TreeNode[] {
  return Array.from({ length: 25 }, (_, site) => ({
    key: `s${site}`, label: `Site ${site + 1}`, icon: site % 2 ? "wind" : "sun", aside: <Status kind="asset" value={site % 5 ? "operational" : "degraded"} iconOnly />,
    children: Array.from({ length: 20 }, (_, block) => ({
      key: `s${site}b${block}`, label: `Block ${site + 1}.${block + 1}`, icon: "board",
      children: Array.from({ length: 19 }, (_, unit) => ({ key: `s${site}b${block}u${unit}`, label: `Inverter ${site + 1}.${block + 1}.${unit + 1}`, icon: "bolt" as const })),
    })),
  }));
}

const lazy: TreeNode[] = [{ key: "n", label: "Opens after a moment", hasChildren: true }, { key: "f", label: "Fails", hasChildren: true }];
async function loadChildren(node: TreeNode): Promise<TreeNode[]> {
  await new Promise((done) => setTimeout(done, 500));
  if (node.key === "f") throw new Error("no");
  return [{ key: `${node.key}1`, label: "A child" }, { key: `${node.key}2`, label: "Another one", hasChildren: true }];
}

async function search(query: string): Promise<Command[]> {
  await new Promise((done) => setTimeout(done, 300));
  return [{ key: "r1", label: `WO-2026-000017 ${query}`, group: "Work orders", icon: "wrench", hint: "Replace fan", run: () => undefined }];
}

export function Finding() {
  const nodes = useMemo(plant, []);
  const everything = useMemo(() => new Set(nodes.flatMap((node) => [node.key, ...(node.children ?? []).map((child) => child.key)])), [nodes]);
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set(["s0", "s0b0"]));
  const [query, setQuery] = useState("");
  const [selected, setSelected] = useState<string>("s0b0");
  const [isPalette, setPalette] = useState(false);
  const [range, setRange] = useState<Range>("24h");
  useCommandKey(() => setPalette(true));
  const commands: Command[] = [
    { key: "wo", label: "Work orders", group: "Pages", icon: "wrench", keys: ["G", "W"], run: () => undefined },
    { key: "al", label: "Alerts", group: "Pages", icon: "bell", keys: ["G", "A"], run: () => undefined },
    { key: "new", label: "New work order", group: "Actions", icon: "plus", keys: ["C"], run: () => undefined },
    { key: "dark", label: "Dark theme", group: "Actions", icon: "moon", also: "night colours", run: () => undefined },
  ];
  return (
    <>
      <Section title="Date range" wide>
        <DateRange value={range} onChange={setRange} zone="Europe/Madrid" />
        <DateRange label="One's own" value={{ from: Date.UTC(2026, 9, 24), to: Date.UTC(2026, 9, 26) }} onChange={() => undefined} zone="Europe/Madrid" offer={["24h", "7d"]} />
      </Section>
      <Section title="Tree of 10,000 nodes" wide>
        <div className="row">
          <SearchField label="Find in the tree" value={query} onChange={setQuery} />
          <Button onClick={() => setOpen(everything)}>Open all</Button>
          <Button onClick={() => setOpen(new Set())}>Close all</Button>
        </div>
        <div className="grid-cards">
          <Card flush><Tree label="Plant" nodes={nodes} open={open} onOpen={setOpen} query={query} selected={selected} onSelect={(node) => setSelected(node.key)} maxHeight={320} /></Card>
          <Card flush><Tree label="Read when opened" nodes={lazy} loadChildren={loadChildren} /></Card>
        </div>
      </Section>
      <Section title="Command palette">
        <Button icon="search" onClick={() => setPalette(true)}>Open (Ctrl-K)</Button>
        {isPalette && <CommandPalette commands={commands} search={search} close={() => setPalette(false)} />}
      </Section>
    </>
  );
}
