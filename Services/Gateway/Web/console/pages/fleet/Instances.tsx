import type { FleetInstance } from "generated/api";
import { useMemo } from "react";
import { listed, useText } from "../../../shared/localization";
import { useFormat } from "../../../shared/localization/format";
import { Link } from "../../../shared/router";
import { Badge, Card, type Column, EmptyState, English, Table, Tooltip, type Tone } from "../../../shared/ui";

const tones: Record<FleetInstance["state"], Tone> = { ready: "success", not_ready: "warning", silent: "danger" };
const states = ["ready", "not_ready", "silent"] as const;
/** Records behind, from which it is worth a colour. */
const much = 1_000;

export function Instances({ instances, at }: { instances: readonly FleetInstance[]; at: string }) {
  const text = useText();
  const format = useFormat();
  const rows = useMemo(() => [...instances].sort((one, other) => (one.daemon + one.instance < other.daemon + other.instance ? -1 : 1)), [instances]);
  const columns = useMemo<Column<FleetInstance>[]>(() => {
    const now = Date.parse(at);
    const lag = (one: FleetInstance) => {
      const sum = one.lags.reduce((all, part) => all + part.records, 0);
      const parts = listed(one.lags.filter((part) => part.records > 0).map((part) => `${part.topic}: ${format.number(part.records)}`));
      const words = <span>{format.number(sum)}</span>;
      const shown = sum >= much ? <Badge tone="warning">{words}</Badge> : words;
      return parts ? <Tooltip text={parts}><span tabIndex={0}>{shown}</span></Tooltip> : shown;
    };
    const counted = (one: FleetInstance, value: number | null | undefined, tab: string) =>
      value === undefined || value === null ? "–" : value > 0 ? <Link to={`/fleet?tab=${tab}&daemon=${one.daemon}`}>{format.number(value)}</Link> : format.number(value);
    return [
      { key: "daemon", header: text("admin.fleet.daemon"), width: 165, fixed: true, cell: (one) => one.daemon },
      { key: "state", header: text("admin.person.state"), width: 112, words: states.map((state) => text(`admin.fleet.state.${state}`)), cell: (one) => <Badge tone={tones[one.state]}>{text(`admin.fleet.state.${one.state}`)}</Badge> },
      { key: "instance", header: text("admin.fleet.instance"), minWidth: 130, cell: (one) => <code title={one.instance}>{one.instance}</code> },
      { key: "reason", header: text("admin.fleet.message"), minWidth: 110, cell: (one) => (one.reason ? <English isCut>{one.reason}</English> : "–") },
      { key: "lag", header: text("admin.fleet.lag"), width: 115, align: "end", cell: lag },
      { key: "outbox", header: text("admin.fleet.outbox"), width: 120, cell: (one) => (one.waitingSince ? format.duration(now - Date.parse(one.waitingSince)) : "–") },
      { key: "letters", header: text("admin.fleet.letters"), width: 110, align: "end", cell: (one) => counted(one, one.deadLetters, "letters") },
      { key: "events", header: text("admin.fleet.events"), width: 125, align: "end", cell: (one) => counted(one, one.refusedEvents, "events") },
      { key: "started", header: text("admin.fleet.started"), width: 140, hidden: true, cell: (one) => <span title={format.dateTime(one.startedAt)}>{format.relative(one.startedAt, now)}</span> },
      { key: "seen", header: text("admin.fleet.seen"), width: 140, hidden: true, cell: (one) => <span title={format.dateTime(one.seenAt)}>{format.relative(one.seenAt, now)}</span> },
    ];
  }, [text, format, at]);
  return (
    <Card flush>
      <Table
        label={text("admin.fleet.tab.instances")} rows={rows} rowKey={(one) => one.instance} columns={columns} remember="fleet" maxHeight={720}
        card={(one) => (
          <div className="stack-tight">
            <div className="row-apart"><strong>{one.daemon}</strong><Badge tone={tones[one.state]}>{text(`admin.fleet.state.${one.state}`)}</Badge></div>
            <English className="muted truncate">{one.reason ?? one.instance}</English>
          </div>
        )}
        empty={<EmptyState title={text("admin.fleet.none")} icon="activity" />}
      />
    </Card>
  );
}
