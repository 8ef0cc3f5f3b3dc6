import { useMemo, useState } from "react";
import { readIfStale } from "../../administration/readIfStale";
import { explain, shownProblem, useApiForm } from "../../administration/useApiForm";
import { useKept } from "../../administration/useKept";
import { useData } from "../../../shared/data";
import { useLocalization, useText } from "../../../shared/localization";
import { useSearch } from "../../../shared/router";
import { useMay, useUser } from "../../../shared/session/session";
import { Badge, Button, Card, ConfirmDialog, EmptyState, PageHeader, Select, Table, TextArea, TextField, toast, type Column, type Tone } from "../../../shared/ui";
import { useNames } from "../../people";
import { approveTimeOff, askTimeOff, dayRange, refuseTimeOff, timeOffKinds, timeOffStatuses, withdrawTimeOff, type TimeOff, type TimeOffKind, type TimeOffStatus } from "../../timeoff/timeoff";
import { useKeys } from "../../useKeys";
import { WhyDialog } from "../../WhyDialog";
import { FormDialog } from "../assets/FormDialog";

const tones: Record<TimeOffStatus, Tone> = { requested: "info", approved: "success", refused: "danger", withdrawn: "neutral" };

type Open = { what: "ask" } | { what: "refuse" | "withdraw"; one: TimeOff };

/** Who is off when: everybody asks for their own, and others decide. */
export default function TimeOffPage() {
  const text = useText();
  const { locale } = useLocalization();
  const may = useMay();
  const self = useUser().id;
  const nameOf = useNames();
  const [search, setSearch] = useSearch();
  const [open, setOpen] = useState<Open | null>(null);
  const status = timeOffStatuses.find((one) => one === search.get("status"));
  const list = useData("GET /api/v1/time-off", { query: { limit: 100, ...(status ? { status: [status] } : {}) } });
  const data = useKept(list.data);
  const mayAsk = may("time-off:request");
  const ask = () => setOpen({ what: "ask" });
  useKeys({ c: mayAsk ? ask : undefined });
  const close = () => setOpen(null);
  const approve = (one: TimeOff) => {
    readIfStale(approveTimeOff(one), list.retry).then(() => toast({ tone: "success", text: text("admin.timeoff.is_approved", { name: nameOf(one.userId) }) }), (error: unknown) => toast({ tone: "danger", text: explain(error) })).finally(list.retry);
  };
  const acts = (one: TimeOff) => {
    const name = nameOf(one.userId);
    const isOwn = one.userId === self;
    // Nobody decides about their own.
    const mayDecide = one.status === "requested" && !isOwn && may("time-off:approve");
    return (
      <span className="row">
        {mayDecide && <Button size="small" icon="check" aria-label={text("admin.timeoff.approve_of", { name })} onClick={() => approve(one)}>{text("admin.timeoff.approve")}</Button>}
        {mayDecide && <Button size="small" kind="ghost" aria-label={text("admin.timeoff.refuse_of", { name })} onClick={() => setOpen({ what: "refuse", one })}>{text("admin.timeoff.refuse")}</Button>}
        {isOwn && (one.status === "requested" || one.status === "approved") && <Button size="small" kind="ghost" onClick={() => setOpen({ what: "withdraw", one })}>{text("admin.timeoff.withdraw")}</Button>}
      </span>
    );
  };
  const days = ({ first, last }: TimeOff) => dayRange(locale, first, last);
  const state = (one: TimeOff) => <Badge tone={tones[one.status]}>{text(`admin.timeoff.status.${one.status}`)}</Badge>;
  const columns = useMemo<Column<TimeOff>[]>(() => [
    { key: "who", header: text("orders.schedule.board.person"), minWidth: 150, fixed: true, cell: ({ userId }) => <bdi>{nameOf(userId)}</bdi> },
    { key: "days", header: text("admin.timeoff.days"), minWidth: 230, fixed: true, cell: days },
    { key: "kind", header: text("orders.type"), width: 110, cell: ({ kind }) => text(`admin.timeoff.kind.${kind}`) },
    { key: "status", header: text("orders.status"), width: 120, cell: state },
    { key: "note", header: text("admin.timeoff.note"), minWidth: 150, cell: ({ note, reason }) => <span dir="auto" title={reason ?? note ?? undefined}>{reason ?? note}</span> },
    { key: "acts", header: text("orders.more"), width: 210, fixed: true, cell: acts },
  ], [text, locale, nameOf, self, may]);
  const button = mayAsk && <Button icon="plus" kind="primary" aria-keyshortcuts="c" onClick={ask}>{text("admin.timeoff.ask")}</Button>;
  const ofOpen = open?.what === "refuse" || open?.what === "withdraw" ? data?.items.find(({ id }) => id === open.one.id) ?? open.one : null;
  return (
    <>
      <PageHeader title={text("pages.time_off")} description={text("admin.timeoff.about")} actions={button} />
      <Card flush>
        <Table
          label={text("pages.time_off")} rows={data?.items ?? []} rowKey={({ id }) => id} columns={columns} remember="time-off" rowHeight={44} loading={list.isLoading && !data} maxHeight={720}
          problem={data ? undefined : shownProblem(list.problem)} retry={list.retry} onEnd={list.data?.nextCursor ? list.more : undefined} cardHeight={132}
          card={(one) => <div className="stack-tight"><div className="row-apart"><strong><bdi>{nameOf(one.userId)}</bdi></strong>{state(one)}</div><span>{days(one)}</span><span className="muted truncate">{text(`admin.timeoff.kind.${one.kind}`)}</span>{acts(one)}</div>}
          tools={<div className="admin-filters"><Select label={text("orders.status")} hideLabel value={status ?? ""} placeholder={text("admin.timeoff.any_status")} options={timeOffStatuses.map((value) => ({ value, label: text(`admin.timeoff.status.${value}`) }))} onChange={(value) => setSearch({ status: value })} /></div>}
          empty={<EmptyState title={text("admin.timeoff.none")} icon="calendar" action={button} />}
        />
      </Card>
      {open?.what === "ask" && <AskDialog asked={list.retry} close={close} />}
      {open?.what === "refuse" && ofOpen && (
        <WhyDialog title={text("admin.timeoff.refuse_of", { name: nameOf(ofOpen.userId) })} confirm={text("admin.timeoff.refuse")} done={text("admin.timeoff.is_refused")} run={(reason) => readIfStale(refuseTimeOff(ofOpen, reason), list.retry).finally(list.retry)} close={close}>
          <p>{days(ofOpen)}</p>
        </WhyDialog>
      )}
      {open?.what === "withdraw" && ofOpen && (
        <ConfirmDialog title={text("admin.timeoff.withdraw_title")} confirm={text("admin.timeoff.withdraw")} danger explain={explain} close={close} run={() => readIfStale(withdrawTimeOff(ofOpen), list.retry).finally(list.retry)}>{days(ofOpen)}</ConfirmDialog>
      )}
    </>
  );
}

interface Draft { first: string; last: string; kind: TimeOffKind; note: string }

function AskDialog({ asked, close }: { asked: () => void; close: () => void }) {
  const text = useText();
  const [initial] = useState<Draft>({ first: "", last: "", kind: "vacation", note: "" });
  const form = useApiForm<Draft>({
    initial,
    check: ({ first, last }) => ({ ...(first ? {} : { first: text("admin.needed") }), ...(!last ? { last: text("admin.needed") } : first && last < first ? { last: text("rules.before_first") } : {}) }),
    submit: async ({ note, ...draft }) => {
      await askTimeOff({ ...draft, ...(note.trim() ? { note: note.trim() } : {}) });
      asked();
      form.reset(initial);
      close();
      toast({ tone: "success", text: text("admin.timeoff.asked") });
    },
  });
  const { first, last } = form.values;
  return (
    <FormDialog title={text("admin.timeoff.ask")} form={form} confirm={text("admin.timeoff.ask")} close={close}>
      <div className="ui-form-row">
        <TextField type="date" label={text("admin.timeoff.first")} required {...form.field("first")} onChange={(value) => form.set({ first: value, ...(last === "" || last === first ? { last: value } : {}) })} />
        <TextField type="date" label={text("admin.timeoff.last")} required {...form.field("last")} />
      </div>
      <Select label={text("orders.type")} options={timeOffKinds.map((value) => ({ value, label: text(`admin.timeoff.kind.${value}`) }))} {...form.field("kind")} />
      <TextArea label={text("admin.timeoff.note")} hint={text("admin.timeoff.note_hint")} required={false} rows={2} maxLength={1000} {...form.field("note")} />
    </FormDialog>
  );
}
