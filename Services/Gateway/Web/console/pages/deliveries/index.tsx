import { useMemo } from "react";
import type { MessageDelivery } from "generated/api";
import { problemText } from "../../../shared/api/problemText";
import { useData } from "../../../shared/data";
import { useText } from "../../../shared/localization";
import { useFormat } from "../../../shared/localization/format";
import { Link, navigate, useSearch } from "../../../shared/router";
import { Card, EmptyState, English, PageHeader, SegmentedControl, Table, type Column } from "../../../shared/ui";
import { ChannelName, DeliveryReason, DeliveryState, useDeliveryReason } from "../../alerts/Delivery";
import { useNames } from "../../people";

const states = ["sent", "failed", "pending"] as const;
const channels: MessageDelivery["channel"][] = ["email", "sms", "push", "in_app", "webhook"];

/** Who was told, when, how, and what came of it. */
export default function DeliveriesPage() {
  const text = useText();
  const [search, setSearch] = useSearch();
  const status = states.find((one) => one === search.get("status"));
  const { data, problem, isLoading, retry, more } = useData("GET /api/v1/notifications", { query: { ...(status ? { status } : {}), limit: 100 } });
  const columns = useDeliveryColumns();
  return (
    <div className="stack watch-page">
      <PageHeader title={text("pages.deliveries")} description={text("watch.deliveries_hint")} />
      <Card flush className="watch-list">
        <Table
          label={text("pages.deliveries")} rows={data?.items ?? []} rowKey={(one) => one.id} columns={columns} remember="deliveries" fill
          onOpen={(one) => { if (one.alertId) navigate(`/alerts/${one.alertId}`); }} card={(one) => <DeliveryCard delivery={one} />} cardHeight={84}
          tools={
            <div className="watch-filters">
              <SegmentedControl
                label={text("watch.status")} value={status ?? "all"}
                options={[{ value: "all" as const, label: text("watch.deliveries_all") }, ...states.map((value) => ({ value, label: text(`watch.delivery.${value}`) }))]}
                onChange={(value) => setSearch({ status: value === "all" ? null : value })}
              />
            </div>
          }
          loading={isLoading} problem={problem && { message: problemText(problem), requestId: problem.requestId }} retry={retry} onEnd={more}
          empty={<EmptyState title={text("watch.no_deliveries")} icon="bell">{text("watch.no_deliveries_hint")}</EmptyState>}
        />
      </Card>
    </div>
  );
}

function useDeliveryColumns(): Column<MessageDelivery>[] {
  const text = useText();
  const format = useFormat();
  const nameOf = useNames();
  return useMemo(() => [
    { key: "status", header: text("watch.status"), width: 112, words: states.map((value) => text(`watch.delivery.${value}`)), fixed: true, cell: (one) => <DeliveryState delivery={one} /> },
    { key: "person", header: text("watch.person"), width: 150, fixed: true, cell: (one) => nameOf(one.userId) },
    { key: "channel", header: text("watch.how"), width: 96, words: channels.map((value) => text(`watch.channel.${value}`)), cell: (one) => <ChannelName channel={one.channel} /> },
    { key: "recipient", header: text("watch.address"), width: 172, hidden: true, cell: (one) => one.recipient ?? "–" },
    { key: "subject", header: text("watch.message"), minWidth: 260, cell: (one) => <Subject delivery={one} /> },
    { key: "at", header: text("watch.sent"), width: 204, cell: (one) => <time dateTime={one.sentAt ?? one.createdAt}>{format.dateTime(one.sentAt ?? one.createdAt)}</time> },
    { key: "attempts", header: text("watch.attempts"), width: 88, align: "end", hidden: true, cell: (one) => one.attempts },
    { key: "error", header: text("watch.reason"), width: 140, cell: (one) => <DeliveryReason delivery={one} /> },
  ], [text, format, nameOf]);
}

/** As the message has it: all of them are written in English. */
function Subject({ delivery: { alertId, subject } }: { delivery: MessageDelivery }) {
  const text = useText();
  const words = subject ? <English isCut>{subject}</English> : alertId ? text("watch.alert") : "–";
  return alertId ? <Link to={`/alerts/${alertId}`}>{words}</Link> : <>{words}</>;
}

function DeliveryCard({ delivery }: { delivery: MessageDelivery }) {
  const format = useFormat();
  const nameOf = useNames();
  const reasonOf = useDeliveryReason();
  return (
    <div className="watch-card">
      <div className="row-apart watch-card-line"><strong className="truncate">{nameOf(delivery.userId)}</strong><DeliveryState delivery={delivery} /></div>
      <div className="truncate">{reasonOf(delivery) ?? (delivery.subject ? <English isCut>{delivery.subject}</English> : null)}</div>
      <div className="row-apart watch-card-line muted"><ChannelName channel={delivery.channel} /><span>{format.dateTime(delivery.sentAt ?? delivery.createdAt)}</span></div>
    </div>
  );
}
