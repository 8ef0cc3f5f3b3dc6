import type { SyncedDevice } from "generated/api";
import { useMemo } from "react";
import { PersonName } from "../../administration/people";
import { shownProblem } from "../../administration/useApiForm";
import { useData } from "../../../shared/data";
import { useText } from "../../../shared/localization";
import { useFormat } from "../../../shared/localization/format";
import { useSearch } from "../../../shared/router";
import { Badge, Card, type Column, EmptyState, PageHeader, Table } from "../../../shared/ui";
import { DeviceDrawer } from "./DeviceDrawer";

const keyOf = (device: SyncedDevice) => `${device.deviceId} ${device.userId}`;

/** From which devices people have sent what they did offline, and what became of it. */
export default function SyncPage() {
  const text = useText();
  const format = useFormat();
  const [search, setSearch] = useSearch();
  const list = useData("GET /api/v1/sync/devices", { query: { limit: 100 } });
  const [device, person] = [search.get("device"), search.get("person")];
  const opened = list.data?.items.find((one) => one.deviceId === device && one.userId === person);
  const columns = useMemo<Column<SyncedDevice>[]>(() => {
    const at = (time: string) => <time dateTime={time} title={format.dateTime(time)}>{format.relative(time)}</time>;
    return [
      { key: "person", header: text("admin.audit.who"), minWidth: 150, fixed: true, cell: (one) => <PersonName id={one.userId} /> },
      { key: "device", header: text("admin.devices.id"), width: 130, cell: (one) => <code title={one.deviceId}>{one.deviceId.slice(0, 8)}</code> },
      { key: "last", header: text("admin.devices.lastPush"), width: 150, cell: (one) => at(one.lastPush) },
      { key: "undecided", header: text("admin.sync.undecided"), width: 130, align: "end", fixed: true, cell: (one) => <Undecided device={one} /> },
      { key: "conflicts", header: text("admin.sync.conflicts"), width: 100, align: "end", cell: (one) => format.number(one.conflicts) },
      { key: "refused", header: text("admin.sync.refused"), width: 100, align: "end", cell: (one) => format.number(one.refused) },
      { key: "merged", header: text("admin.sync.merged"), width: 100, align: "end", cell: (one) => format.number(one.merged) },
      { key: "accepted", header: text("admin.sync.accepted"), width: 110, align: "end", cell: (one) => format.number(one.accepted) },
      { key: "first", header: text("admin.sync.first"), width: 150, hidden: true, cell: (one) => at(one.firstPush) },
    ];
  }, [text, format]);
  return (
    <>
      <PageHeader title={text("pages.sync")} description={text("admin.sync.text")} />
      <Card flush>
        <Table
          label={text("pages.sync")} rows={list.data?.items ?? []} rowKey={keyOf} columns={columns} remember="sync-devices" loading={list.isLoading && !list.data}
          problem={list.data ? undefined : shownProblem(list.problem)} retry={list.retry} onEnd={list.data?.nextCursor ? list.more : undefined}
          onOpen={(one) => setSearch({ device: one.deviceId, person: one.userId })} current={opened && keyOf(opened)} maxHeight={640}
          card={(one) => (
            <div className="stack-tight">
              <div className="row-apart admin-one-line"><strong className="truncate"><PersonName id={one.userId} /></strong><span className="muted admin-no-wrap">{format.relative(one.lastPush)}</span></div>
              <div className="row-apart admin-one-line"><code>{one.deviceId.slice(0, 8)}</code><Undecided device={one} /></div>
            </div>
          )}
          empty={<EmptyState title={text("admin.sync.none")} icon="phone">{text("admin.sync.noneText")}</EmptyState>}
        />
      </Card>
      {opened && <DeviceDrawer device={opened} close={() => setSearch({ device: null, person: null })} />}
    </>
  );
}

function Undecided({ device }: { device: SyncedDevice }) {
  const text = useText();
  const format = useFormat();
  if (device.undecided === 0) return <>{format.number(0)}</>;
  const since = device.undecidedSince ? text("admin.sync.since", { time: format.dateTime(device.undecidedSince) }) : undefined;
  return <span title={since}><Badge tone="warning">{format.number(device.undecided)}</Badge></span>;
}
