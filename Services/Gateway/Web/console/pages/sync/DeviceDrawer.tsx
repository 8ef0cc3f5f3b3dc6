import type { DeviceChange, SyncedDevice } from "generated/api";
import { useMemo } from "react";
import { explainField } from "../../../shared/api/explain";
import { problemText } from "../../../shared/api/problemText";
import { fieldName } from "../../administration/auditNames";
import { PersonName } from "../../administration/people";
import { shownProblem } from "../../administration/useApiForm";
import { useData } from "../../../shared/data";
import { hasText, useText } from "../../../shared/localization";
import { useFormat } from "../../../shared/localization/format";
import { Link } from "../../../shared/router";
import { Badge, type Column, Drawer, EmptyState, English, KeyValue, Table, type Tone } from "../../../shared/ui";

const tones: Record<string, Tone> = { accepted: "success", merged: "success", conflict: "warning", refused: "danger" };
const verdicts = ["accepted", "merged", "conflict", "refused", "undecided"] as const;
const pages: Record<string, string> = { work_order: "/work-orders", asset: "/assets", site: "/sites" };

/** What a person has sent from a device, the newest first. */
export function DeviceDrawer({ device, close }: { device: SyncedDevice; close: () => void }) {
  const text = useText();
  const format = useFormat();
  const { deviceId, userId } = device;
  const list = useData("GET /api/v1/sync/devices/{id}/changes", { path: { id: deviceId }, query: { userId, limit: 50 } });
  const columns = useMemo<Column<DeviceChange>[]>(() => [
    { key: "at", header: text("admin.audit.at"), width: 156, fixed: true, cell: (change) => <time dateTime={change.pushedAt}>{format.dateTime(change.pushedAt)}</time> },
    { key: "record", header: text("admin.audit.record"), minWidth: 196, cell: (change) => <Record change={change} /> },
    { key: "verdict", header: text("admin.sync.verdict"), width: 148, words: verdicts.map((verdict) => text(`admin.sync.verdict.${verdict}`)), fixed: true, cell: (change) => <Verdict change={change} /> },
    { key: "reason", header: text("admin.fleet.message"), minWidth: 140, cell: (change) => <Reason change={change} /> },
  ], [text, format]);
  return (
    <Drawer title={text("admin.sync.device", { id: deviceId.slice(0, 8) })} size="large" close={close}>
      <div className="stack">
        <KeyValue
          entries={[
            { label: text("admin.audit.who"), value: <PersonName id={userId} /> },
            { label: text("admin.devices.id"), value: <code>{deviceId}</code> },
            { label: text("admin.sync.first"), value: format.dateTime(device.firstPush) },
            { label: text("admin.devices.lastPush"), value: format.dateTime(device.lastPush) },
            { label: text("admin.sync.since.label"), value: device.undecidedSince ? format.dateTime(device.undecidedSince) : undefined },
          ]}
        />
        <Table
          label={text("admin.sync.changes")} rows={list.data?.items ?? []} rowKey={(change) => change.changeId} columns={columns} remember="sync-changes" loading={list.isLoading && !list.data}
          problem={list.data ? undefined : shownProblem(list.problem)} retry={list.retry} onEnd={list.data?.nextCursor ? list.more : undefined} maxHeight={480}
          card={(change) => (
            <div className="stack-tight">
              <div className="row-apart admin-one-line"><Record change={change} /><Verdict change={change} /></div>
              <div className="row-apart admin-one-line"><span className="truncate"><Reason change={change} /></span><span className="muted admin-no-wrap">{format.relative(change.pushedAt)}</span></div>
            </div>
          )}
          empty={<EmptyState title={text("admin.sync.noChanges")} icon="history" />}
        />
      </div>
    </Drawer>
  );
}

function Record({ change }: { change: DeviceChange }) {
  const text = useText();
  const key = `admin.sync.entity.${change.entity}`;
  const words = <>{hasText(key) ? text(key) : change.entity} <code title={change.entityId}>{change.entityId.slice(0, 8)}</code></>;
  const page = pages[change.entity];
  return page ? <Link to={`${page}/${change.entityId}`}>{words}</Link> : <span>{words}</span>;
}

function Verdict({ change }: { change: DeviceChange }) {
  const text = useText();
  const verdict = change.verdict ?? "undecided";
  const key = `admin.sync.verdict.${verdict}`;
  return <Badge tone={tones[verdict] ?? "neutral"}>{hasText(key) ? text(key) : verdict}</Badge>;
}

/** Of a change that was decided before there were codes, only English words are known. */
function Reason({ change }: { change: DeviceChange }) {
  const text = useText();
  const { problem } = change;
  if (problem) {
    const fields = (problem.errors ?? []).map((wrong) => text("orders.filter.one", { name: fieldName(wrong.field), value: explainField(wrong) }));
    return <span>{fields.length > 0 ? fields.join(" ") : problemText({ code: problem.code, document: problem })}</span>;
  }
  return change.reason ? <English isCut>{change.reason}</English> : <span className="muted">–</span>;
}
