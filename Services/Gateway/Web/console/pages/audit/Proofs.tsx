import type { CheckpointResponse } from "generated/api";
import { useMemo, useState } from "react";
import { explain, shownProblem } from "../../administration/useApiForm";
import { change, useData } from "../../../shared/data";
import { useText } from "../../../shared/localization";
import { useFormat } from "../../../shared/localization/format";
import { useMay } from "../../../shared/session/session";
import { Banner, Button, Card, type Column, CopyButton, EmptyState, KeyValue, Table, toast } from "../../../shared/ui";
import { Verification } from "./Verification";

/** Signed states of the log. Whoever keeps one elsewhere can prove later that no entry before it was changed. */
export function Proofs() {
  const text = useText();
  const format = useFormat();
  const may = useMay();
  const [busy, setBusy] = useState(false);
  const list = useData("GET /api/v1/audit/checkpoints", { query: { limit: 50 } });
  const cuts = useData("GET /api/v1/audit/cuts", { query: { limit: 1 } });
  const keys = useData("GET /api/v1/audit/keys", {});
  const newest = useData("GET /api/v1/audit", { query: { limit: 1 } }).data?.items[0];
  const checkpoint = list.data?.items[0];
  const cut = cuts.data?.items[0];
  const open = newest && checkpoint ? Math.max(0, newest.id - checkpoint.entries) : undefined;
  const sign = async () => {
    setBusy(true);
    try {
      await change("POST /api/v1/audit/checkpoints", {});
      toast({ tone: "success", text: text("admin.proofs.signed") });
    } catch (error) {
      toast({ tone: "danger", text: explain(error) });
    } finally {
      setBusy(false);
    }
  };
  const columns = useMemo<Column<CheckpointResponse>[]>(() => [
    { key: "at", header: text("admin.audit.at"), width: 210, cell: (one) => format.dateTime(one.at) },
    { key: "entries", header: text("admin.proofs.entries"), width: 110, align: "end", cell: (one) => format.number(one.entries) },
    { key: "hash", header: text("admin.proofs.hash"), minWidth: 200, cell: (one) => <code title={one.hash}>{one.hash}</code> },
    { key: "kid", header: text("admin.proofs.key"), minWidth: 160, cell: (one) => <code title={one.kid}>{one.kid}</code> },
    { key: "copy", header: text("ui.copy"), width: 70, cell: (one) => <CopyButton value={JSON.stringify(one)} label={text("admin.proofs.copy")} /> },
  ], [text, format]);
  return (
    <div className="stack">
      {checkpoint
        ? <Banner tone={open === 0 ? "success" : "info"}>{open === 0 ? text("admin.proofs.all") : text("admin.proofs.open", { count: open ?? 0, time: format.dateTime(checkpoint.at) })}</Banner>
        : list.data && <Banner tone="info">{text("admin.proofs.never")}</Banner>}
      <Verification />
      <div className="admin-columns">
        <Card title={text("admin.proofs.chain")}>
          <KeyValue
            entries={[
              { label: text("admin.proofs.entriesNow"), value: newest ? format.number(newest.id) : null },
              { label: text("admin.proofs.signedUntil"), value: checkpoint ? format.number(checkpoint.entries) : null },
              { label: text("admin.proofs.begins"), value: cut ? text("admin.proofs.cut", { count: cut.entries, time: format.date(cut.at) }) : text("admin.proofs.whole") },
              { label: text("admin.proofs.keys"), value: keys.data ? <span className="stack-tight">{keys.data.items.map((one) => <code key={one.kid}>{one.kid}</code>)}</span> : null },
            ]}
          />
        </Card>
        <Card title={text("admin.proofs.verify")}>
          <ol className="stack-tight">
            <li>{text("admin.proofs.step1")}</li>
            <li>{text("admin.proofs.step2")}</li>
            <li>{text("admin.proofs.step3")} <code className="admin-anywhere">{`dcmms-auth verify-audit audit.jsonl${checkpoint ? ` --checkpoint checkpoint.json --key ${checkpoint.kid}` : ""}`}</code></li>
          </ol>
        </Card>
      </div>
      <Card flush title={text("admin.proofs.checkpoints")} actions={may("audit:export") && <Button icon="shield" busy={busy} onClick={() => void sign()}>{text("admin.proofs.sign")}</Button>}>
        <Table
          label={text("admin.proofs.checkpoints")} rows={list.data?.items ?? []} rowKey={(one) => `${one.entries} ${one.at}`} columns={columns} loading={list.isLoading && !list.data}
          problem={list.data ? undefined : shownProblem(list.problem)} retry={list.retry} onEnd={list.data?.nextCursor ? list.more : undefined}
          empty={<EmptyState title={text("admin.proofs.none")} icon="shield">{text("admin.proofs.noneText")}</EmptyState>}
        />
      </Card>
    </div>
  );
}
