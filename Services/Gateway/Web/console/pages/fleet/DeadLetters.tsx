import type { DeadLetter } from "generated/api";
import { useMemo, useState } from "react";
import { explain, shownProblem } from "../../administration/useApiForm";
import { change, Problem, useData } from "../../../shared/data";
import { useText } from "../../../shared/localization";
import { useFormat } from "../../../shared/localization/format";
import { useSearch } from "../../../shared/router";
import { useMay } from "../../../shared/session/session";
import { Badge, Button, Card, type Column, EmptyState, English, Select, Table, toast } from "../../../shared/ui";
import { DiscardDialog } from "./DiscardDialog";
import { LetterDetail } from "./LetterDetail";
import { operationsOf } from "./operations";

const states = ["open", "handled", "handled_before", "superseded", "passed_over", "discarded"] as const;

/** Records that a daemon could not handle: why, and once more when the reason is gone. */
export function DeadLetters({ daemon }: { daemon: string }) {
  const text = useText();
  const format = useFormat();
  const may = useMay();
  const [search, setSearch] = useSearch();
  const [busy, setBusy] = useState<string>();
  const [discarded, setDiscarded] = useState<DeadLetter>();
  const operations = operationsOf(daemon);
  const status = states.find((one) => one === search.get("status")) ?? "open";
  const list = useData(operations.letters, { query: { status, limit: 100 } });
  const opened = list.data?.items.find((one) => one.id === search.get("letter"));
  const mayManage = may("platform:manage");
  const redrive = async (letter: DeadLetter) => {
    setBusy(letter.id);
    try {
      const { status: end } = await change(operations.redrive, { path: { id: letter.id } });
      toast({ tone: "success", text: text(end === "open" || end === "discarded" ? "admin.fleet.redriven.handled" : `admin.fleet.redriven.${end}`) });
    } catch (error) {
      toast({ tone: "danger", text: explain(error) });
      // The new reason is in the list.
      if (Problem.from(error).code === "still_refused") list.retry();
    } finally {
      setBusy(undefined);
    }
  };
  const actions = (letter: DeadLetter) => letter.status === "open" && mayManage && (
    <span className="row">
      <Button size="small" icon="refresh" busy={busy === letter.id} onClick={() => void redrive(letter)}>{text("admin.fleet.redrive")}</Button>
      <Button size="small" kind="ghost" onClick={() => setDiscarded(letter)}>{text("admin.fleet.discard")}</Button>
    </span>
  );
  const columns = useMemo<Column<DeadLetter>[]>(() => [
    { key: "at", header: text("admin.fleet.refusedAt"), width: 190, fixed: true, cell: (one) => format.dateTime(one.refusedAt) },
    { key: "topic", header: text("admin.fleet.topic"), minWidth: 150, cell: (one) => <code>{one.topic}</code> },
    { key: "type", header: text("admin.fleet.eventType"), minWidth: 150, cell: (one) => one.eventType ?? "–" },
    { key: "reason", header: text("admin.fleet.message"), minWidth: 220, cell: (one) => <English isCut>{one.reason}</English> },
    { key: "attempts", header: text("admin.fleet.attempts"), width: 90, align: "end", cell: (one) => format.number(one.attempts) },
    { key: "place", header: text("admin.fleet.place"), width: 130, hidden: true, cell: (one) => `${one.partition} / ${one.offset}` },
    { key: "act", header: text("admin.tenants.act"), width: 220, fixed: true, cell: actions },
  ], [text, format, busy, mayManage, daemon]);
  return (
    <Card flush>
      <Table
        label={text("admin.fleet.letters")} rows={list.data?.items ?? []} rowKey={(one) => one.id} columns={columns} remember="dead-letters" loading={list.isLoading && !list.data}
        problem={list.data ? undefined : shownProblem(list.problem)} retry={list.retry} onEnd={list.data?.nextCursor ? list.more : undefined}
        onOpen={(one) => setSearch({ letter: one.id })} current={opened?.id} cardHeight={110}
        tools={<Select hideLabel label={text("admin.person.state")} value={status} options={states.map((value) => ({ value, label: text(`admin.fleet.status.${value}`) }))} onChange={(value) => setSearch({ status: value === "open" ? null : value, letter: null })} />}
        card={(one) => (
          <div className="stack-tight">
            <div className="row-apart"><code className="truncate">{one.topic}</code><Badge>{text(`admin.fleet.status.${one.status}`)}</Badge></div>
            <English className="muted truncate">{one.reason}</English>
            {actions(one)}
          </div>
        )}
        empty={<EmptyState title={text("admin.fleet.noLetters")} icon="check-circle">{text("admin.fleet.noLettersText")}</EmptyState>}
      />
      {opened && <LetterDetail letter={opened} actions={actions(opened)} close={() => setSearch({ letter: null })} />}
      {discarded && (
        <DiscardDialog
          text={text("admin.fleet.discardLetterText")} close={() => setDiscarded(undefined)}
          run={(reason) => change(operations.discardLetter, { path: { id: discarded.id }, body: { reason } })}
        />
      )}
    </Card>
  );
}
