import type { ReactNode } from "react";
import { useText } from "../../shared/localization";
import { useFormat } from "../../shared/localization/format";
import { useCostTitle } from "../costs/CostEntry";
import type { Cost } from "../costs/costs";
import { useUnitName } from "../costs/useUnitName";
import { isRunning, lengthOf, type Hours } from "../hours/hours";
import type { Part } from "../parts/parts";
import { trimmed } from "../parts/quantity";
import { useNames } from "../people";
import { usePermitStatus } from "../permits/PermitBadges";
import type { Permit } from "../permits/permits";
import { useKindName } from "../permits/useKindName";
import { classes } from "../../shared/ui";
import type { Sheet } from "./sheet";

interface Head { key: string; words: string; isNumber?: boolean }

/** A table that a sheet can end in: its heads are above it on the next one. `isEven`: its columns are as wide as one another, so that there is room to write in all of them. */
export function PaperTable({ label, heads, isEven = false, children }: { label: string; heads: readonly Head[]; isEven?: boolean; children: ReactNode }) {
  return (
    <table className={classes("print-table", isEven && "print-even")} aria-label={label}>
      <thead><tr>{heads.map(({ key, words, isNumber }) => <th key={key} scope="col" className={isNumber ? "print-number" : undefined}>{words}</th>)}</tr></thead>
      <tbody>{children}</tbody>
    </table>
  );
}

export function PartsTable({ parts }: { parts: readonly Part[] }) {
  const text = useText();
  const format = useFormat();
  const unitOf = useUnitName();
  const figures = ["planned", "issued", "used", "returned"] as const;
  const heads: Head[] = [{ key: "number", words: text("orders.part.number") }, { key: "name", words: text("orders.part.name") }, ...figures.map((one) => ({ key: one, words: text(`orders.part.${one}`), isNumber: true }))];
  return (
    <PaperTable label={text("orders.parts")} heads={heads}>
      {parts.map((part) => (
        <tr key={part.id}>
          <td><bdi>{part.number}</bdi></td><td dir="auto">{part.name}</td>
          {figures.map((one) => <td key={one} className="print-number">{format.decimal(trimmed(part[one]), unitOf(part.unit))}</td>)}
        </tr>
      ))}
    </PaperTable>
  );
}

/** Which permits the work has had, or has. Each has a sheet of its own. */
export function PermitsTable({ permits, zone }: { permits: readonly Permit[]; zone: string }) {
  const text = useText();
  const format = useFormat();
  const kindName = useKindName();
  const statusOf = usePermitStatus();
  const heads: Head[] = [{ key: "number", words: text("pages.permit") }, { key: "kind", words: text("orders.permit.kind") }, { key: "status", words: text("orders.status") }, { key: "when", words: text("orders.print.when") }];
  return (
    <PaperTable label={text("pages.permits")} heads={heads}>
      {permits.map((one) => <tr key={one.id}><td><code>{one.number}</code></td><td>{kindName(one.kind)}</td><td>{statusOf(one.status)}</td><td>{format.range(one.validFrom, one.validUntil, zone)}</td></tr>)}
    </PaperTable>
  );
}

export function HoursTable({ hours, zone }: { hours: readonly Hours[]; zone: string }) {
  const text = useText();
  const format = useFormat();
  const nameOf = useNames();
  const heads: Head[] = [
    { key: "who", words: text("orders.hours.who") }, { key: "kind", words: text("orders.hours.kind") }, { key: "when", words: text("orders.print.when") },
    { key: "note", words: text("orders.hours.note") }, { key: "length", words: text("orders.hours"), isNumber: true },
  ];
  const all = hours.reduce((sum, entry) => sum + lengthOf(entry), 0);
  return (
    <PaperTable label={text("orders.hours")} heads={heads}>
      {hours.map((entry) => (
        <tr key={entry.id}>
          <td><bdi>{nameOf(entry.userId)}</bdi></td><td>{text(`orders.hours.kind.${entry.kind}`)}</td>
          <td>{entry.endedAt ? format.range(entry.startedAt, entry.endedAt, zone) : text("orders.hours.since", { time: format.dateTime(entry.startedAt, zone) })}</td>
          <td dir="auto">{entry.note}</td>
          <td className="print-number">{isRunning(entry) ? text("orders.hours.runs") : format.duration(lengthOf(entry))}</td>
        </tr>
      ))}
      <tr className="print-sum"><th scope="row" colSpan={4}>{text("orders.hours.total")}</th><td className="print-number">{format.duration(all)}</td></tr>
    </PaperTable>
  );
}

/** What was taken back and what took it back are left out: their sum is nothing. */
export function CostsTable({ costs, zone }: { costs: NonNullable<Sheet["costs"]>; zone: string }) {
  const text = useText();
  const format = useFormat();
  const unitOf = useUnitName();
  const titleOf = useCostTitle();
  const entries = [...(costs.entries ?? [])].reverse().filter(({ isReversed, reverses }) => !isReversed && !reverses);
  const heads: Head[] = [
    { key: "what", words: text("orders.cost.category") }, { key: "title", words: text("orders.cost.description") }, { key: "when", words: text("orders.cost.incurred") },
    { key: "times", words: text("orders.cost.quantity"), isNumber: true }, { key: "total", words: text("orders.cost"), isNumber: true },
  ];
  const row = (entry: Cost) => (
    <tr key={entry.id}>
      <td>{text(`orders.cost.category.${entry.category}`)}</td><td dir="auto">{titleOf(entry)}</td><td>{format.date(entry.incurredAt, zone)}</td>
      <td className="print-number">{text("orders.cost.times", { quantity: format.decimal(trimmed(entry.quantity), unitOf(entry.unit)), rate: format.money(entry.unitRate) })}</td>
      <td className="print-number">{format.money(entry.total)}</td>
    </tr>
  );
  return (
    <PaperTable label={text("orders.cost")} heads={heads}>
      {entries.map(row)}
      {costs.data?.total && <tr className="print-sum"><th scope="row" colSpan={4}>{text("orders.cost.total")}</th><td className="print-number">{format.money(costs.data.total)}</td></tr>}
    </PaperTable>
  );
}
