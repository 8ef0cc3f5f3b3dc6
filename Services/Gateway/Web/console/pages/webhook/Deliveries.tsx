import { useMemo, useState } from "react";
import { useText } from "../../../shared/localization";
import { useFormat } from "../../../shared/localization/format";
import { useSearch } from "../../../shared/router";
import { Button, Card, EmptyState, IconButton, SegmentedControl, Table, toast, type Column } from "../../../shared/ui";
import { explain, shownProblem } from "../../administration/useApiForm";
import { DeliveryDrawer } from "../../webhooks/DeliveryDrawer";
import { DeliveryBadge } from "../../webhooks/HookBadges";
import { Redeliver } from "../../webhooks/HookDialogs";
import { deliveryStates, redeliver, useDeliveries, type Delivery, type Webhook } from "../../webhooks/webhooks";

/** What was posted, the latest first. */
export function Deliveries({ hook, mayManage }: { hook: Webhook; mayManage: boolean }) {
  const text = useText();
  const format = useFormat();
  const [search, setSearch] = useSearch();
  const state = deliveryStates.find((one) => one === search.get("state"));
  const { data, problem, isLoading, retry, more } = useDeliveries(hook, state);
  const [open, setOpen] = useState<Delivery>();
  const [isAll, setAll] = useState(false);
  const again = (delivery: Delivery) => {
    redeliver(hook, delivery).then(
      () => { retry(); toast({ tone: "success", text: text("orders.hook.posted_again") }); },
      (error: unknown) => toast({ tone: "danger", text: explain(error) })
    );
  };
  const mayRepeat = (one: Delivery) => mayManage && one.state !== "pending";
  const columns = useMemo((): Column<Delivery>[] => [
    { key: "state", header: text("orders.hook.state"), width: 130, fixed: true, cell: (one) => <DeliveryBadge state={one.state} /> },
    { key: "event", header: text("orders.hook.what"), minWidth: 190, fixed: true, cell: (one) => <code>{one.event}</code> },
    { key: "at", header: text("orders.hook.filed"), width: 190, cell: (one) => <time dateTime={one.createdAt}>{format.dateTime(one.createdAt)}</time> },
    { key: "attempts", header: text("orders.hook.attempts"), width: 96, align: "end", cell: (one) => format.number(one.attempts) },
    { key: "status", header: text("orders.hook.status"), width: 96, align: "end", cell: (one) => (typeof one.status === "number" ? String(one.status) : "–") },
    { key: "next", header: text("orders.hook.next"), width: 204, cell: (one) => (one.nextAttemptAt ? format.dateTime(one.nextAttemptAt) : "–") },
    ...(mayManage ? [{
      key: "acts", header: text("orders.hook.redeliver"), width: 96, fixed: true, align: "end" as const,
      cell: (one: Delivery) => mayRepeat(one) && <IconButton size="small" icon="refresh" label={text("orders.hook.redeliver_one", { time: format.dateTime(one.createdAt) })} onClick={() => again(one)} />,
    }] : []),
  ], [text, format, mayManage, hook.id]);
  return (
    <Card
      title={text("orders.hook.log")} flush
      actions={mayManage && <Button size="small" icon="refresh" onClick={() => setAll(true)}>{text("orders.hook.redeliver_failed")}</Button>}
    >
      <Table
        label={text("orders.hook.log")} rows={data?.items ?? []} rowKey={({ id }) => id} columns={columns} remember="webhook-deliveries" loading={isLoading && !data}
        problem={data ? undefined : shownProblem(problem)} retry={retry} onEnd={data?.nextCursor ? more : undefined} onOpen={setOpen} cardHeight={64}
        tools={
          <SegmentedControl
            label={text("orders.hook.state")} value={state ?? "all"} onChange={(value) => setSearch({ state: value === "all" ? null : value })}
            options={[{ value: "all" as const, label: text("orders.hook.all") }, ...deliveryStates.map((value) => ({ value, label: text(`orders.hook.delivery.${value}`) }))]}
          />
        }
        card={(one) => <div className="stack-tight"><div className="row-apart"><code className="truncate">{one.event}</code><DeliveryBadge state={one.state} /></div><span className="muted">{format.dateTime(one.createdAt)}</span></div>}
        empty={<EmptyState title={text("orders.hook.no_deliveries")} icon="link">{text("orders.hook.no_deliveries_text")}</EmptyState>}
      />
      {open && <DeliveryDrawer hook={hook} delivery={open} again={mayRepeat(open) ? () => again(open) : undefined} close={() => setOpen(undefined)} />}
      {isAll && <Redeliver hook={hook} done={retry} close={() => setAll(false)} />}
    </Card>
  );
}
