import type { RefusedEvent } from "generated/api";
import { useMemo, useState } from "react";
import { explain, shownProblem } from "../../administration/useApiForm";
import { change, useData } from "../../../shared/data";
import { useText } from "../../../shared/localization";
import { useFormat } from "../../../shared/localization/format";
import { useMay } from "../../../shared/session/session";
import { Badge, Button, Card, type Column, EmptyState, English, Table, toast } from "../../../shared/ui";
import { DiscardDialog } from "./DiscardDialog";
import { operationsOf } from "./operations";

/** Events of a daemon that the log would not take. */
export function RefusedEvents({ daemon }: { daemon: string }) {
  const text = useText();
  const format = useFormat();
  const may = useMay();
  const [busy, setBusy] = useState<string>();
  const [discarded, setDiscarded] = useState<RefusedEvent>();
  const operations = operationsOf(daemon);
  const list = useData(operations.events, { query: { limit: 100 } });
  const mayManage = may("platform:manage");
  const retry = async (event: RefusedEvent) => {
    setBusy(event.id);
    try {
      await change(operations.retry, { path: { id: event.id } });
      toast({ tone: "success", text: text("admin.fleet.retried") });
    } catch (error) {
      toast({ tone: "danger", text: explain(error) });
    } finally {
      setBusy(undefined);
    }
  };
  const actions = (event: RefusedEvent) => mayManage && (
    <span className="row">
      <Button size="small" icon="refresh" busy={busy === event.id} disabledReason={event.isSuperseded ? text("problems.superseded") : undefined} onClick={() => void retry(event)}>{text("admin.fleet.retry")}</Button>
      <Button size="small" kind="ghost" onClick={() => setDiscarded(event)}>{text("admin.fleet.discard")}</Button>
    </span>
  );
  const columns = useMemo<Column<RefusedEvent>[]>(() => [
    { key: "at", header: text("admin.fleet.writtenAt"), width: 190, fixed: true, cell: (one) => format.dateTime(one.createdAt) },
    { key: "topic", header: text("admin.fleet.topic"), minWidth: 150, cell: (one) => <code>{one.topic}</code> },
    { key: "type", header: text("admin.fleet.eventType"), minWidth: 150, cell: (one) => one.eventType },
    { key: "reason", header: text("admin.fleet.message"), minWidth: 200, cell: (one) => <English isCut>{one.reason}</English> },
    { key: "size", header: text("admin.fleet.size"), width: 110, align: "end", cell: (one) => format.measured(one.size / 1024, "KiB", 1) },
    { key: "superseded", header: text("admin.fleet.superseded"), width: 120, cell: (one) => (one.isSuperseded ? <Badge tone="warning">{text("admin.yes")}</Badge> : text("admin.no")) },
    { key: "act", header: text("admin.tenants.act"), width: 220, fixed: true, cell: actions },
  ], [text, format, busy, mayManage, daemon]);
  return (
    <Card flush>
      <Table
        label={text("admin.fleet.events")} rows={list.data?.items ?? []} rowKey={(one) => one.id} columns={columns} remember="refused-events" loading={list.isLoading && !list.data}
        problem={list.data ? undefined : shownProblem(list.problem)} retry={list.retry} onEnd={list.data?.nextCursor ? list.more : undefined} cardHeight={110}
        card={(one) => (
          <div className="stack-tight">
            <div className="row-apart"><code className="truncate">{one.topic}</code><span className="muted">{format.relative(one.createdAt)}</span></div>
            <English className="muted truncate">{one.reason}</English>
            {actions(one)}
          </div>
        )}
        empty={<EmptyState title={text("admin.fleet.noEvents")} icon="check-circle">{text("admin.fleet.noEventsText")}</EmptyState>}
      />
      {discarded && (
        <DiscardDialog
          text={text("admin.fleet.discardEventText")} close={() => setDiscarded(undefined)}
          run={(reason) => change(operations.discardEvent, { path: { id: discarded.id }, body: { reason } })}
        />
      )}
    </Card>
  );
}
