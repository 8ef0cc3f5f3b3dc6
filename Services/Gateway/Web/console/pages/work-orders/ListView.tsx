import { useEffect, useMemo, useState, type ReactNode } from "react";
import { problemText } from "../../../shared/api/problemText";
import { useFormat } from "../../../shared/localization/format";
import { useLocalization, useText } from "../../../shared/localization";
import { useSearch, navigate } from "../../../shared/router";
import { useMay } from "../../../shared/session/session";
import { Banner, Button, Card, EmptyState, Status, statusNames, Table, type Column } from "../../../shared/ui";
import { LevelCell } from "../../levels/LevelMarks";
import { useLevels } from "../../levels/levels";
import { AssetName, OrderStatus, SiteTime } from "../../orders/Names";
import { isOverdue, standing, type WorkOrder } from "../../orders/orders";
import type { OrderDialogs } from "../../orders/useOrderDialogs";
import { useNames } from "../../people";
import { BulkActions } from "./BulkActions";
import { OrderCard } from "./OrderCard";
import type { Stage } from "./stages";
import { sortOf, sortText } from "./sorting";
import { most, type Orders } from "./useOrders";

interface ListViewProps {
  orders: Orders;
  dialogs: OrderDialogs;
  /** The row that the keys of the page act on. */
  onActive: (order: WorkOrder | undefined) => void;
  isFiltered: boolean;
  stage: Stage | undefined;
  /** Phases were chosen. */
  isByPhase: boolean;
  /** The filters, above the rows. */
  tools: ReactNode;
  create: () => void;
}

export function ListView({ orders, dialogs, onActive, isFiltered, stage, isByPhase, tools, create }: ListViewProps) {
  const text = useText();
  const may = useMay();
  const [search, setSearch] = useSearch();
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const { shown, problem } = orders;
  const { isPromised } = useLevels();
  const columns = useOrderColumns(stage === "finished", shown.some((order) => standing(order).kind === "phase"), isPromised);
  // What the filters have taken away is not selected any more: nobody changes what they don't see.
  useEffect(() => {
    if (selected.size === 0) return;
    const left = new Set(shown.filter((order) => selected.has(order.id)).map((order) => order.id));
    if (left.size !== selected.size) setSelected(left);
  }, [shown, selected]);
  const bulk = <BulkActions orders={shown.filter((order) => selected.has(order.id))} dialogs={dialogs} />;
  return (
    <Card flush className="orders-list">
      {!orders.isWhole && orders.loaded.length >= most && <Banner>{text("orders.too_many", { count: most })}</Banner>}
      <Table
        label={text("pages.work_orders")} rows={shown} rowKey={(order) => order.id} columns={columns} remember="orders" fill
        sort={sortOf(search.get("sort"), stage, isByPhase)} onSort={(sort) => setSearch({ sort: sortText(sort, stage, isByPhase) })}
        {...(may("workorder:bulk") ? { selected, onSelect: setSelected, bulk } : {})} tools={tools} onActive={onActive}
        onOpen={(order) => navigate(`/work-orders/${order.id}`)} card={(order) => <OrderCard order={order} />} cardHeight={92}
        loading={orders.isLoading} problem={problem && { message: problemText(problem), requestId: problem.requestId }} retry={orders.retry}
        empty={
          <EmptyState
            title={text(isFiltered ? "orders.none_fit" : stage === "unfinished" ? "orders.none_unfinished" : stage === "finished" ? "orders.none_finished" : "orders.none")} icon="wrench"
            action={!isFiltered && may("workorder:create") && <Button kind="primary" icon="plus" onClick={create}>{text("orders.new")}</Button>}
          >
            {text(isFiltered ? "orders.none_fit_hint" : stage === "finished" ? "orders.none_finished_hint" : "orders.none_hint")}
          </EmptyState>
        }
      />
    </Card>
  );
}

/**
 * @param hasPhases Some say more than their state: the column gets room for it.
 * @param hasLevels The organization promises when work begins or is completed.
 */
function useOrderColumns(isOver: boolean, hasPhases: boolean, hasLevels: boolean): Column<WorkOrder>[] {
  const text = useText();
  const format = useFormat();
  const nameOf = useNames();
  const { locale } = useLocalization();
  return useMemo(() => [
    { key: "number", header: text("orders.number"), width: 126, sort: true, fixed: true, cell: (order) => <code>{order.number}</code> },
    { key: "title", header: text("orders.title"), minWidth: hasPhases || hasLevels ? 164 : 186, sort: true, fixed: true, cell: (order) => <span dir="auto" title={order.title}>{order.title}</span> },
    { key: "status", header: text("orders.status"), width: hasPhases ? 140 : 118, words: [...statusNames("workOrder"), ...(hasPhases ? statusNames("phase") : [])], sort: true, cell: (order) => <OrderStatus order={order} /> },
    { key: "priority", header: text("orders.priority"), width: 98, words: statusNames("priority"), sort: true, cell: (order) => <Status kind="priority" value={order.priority} /> },
    ...(hasLevels ? [{ key: "level", header: text("orders.level"), width: 122, sort: true, cell: (order: WorkOrder) => <LevelCell order={order} /> }] : []),
    { key: "asset", header: text("orders.asset_site"), width: 140, cell: (order) => <AssetName order={order} linked /> },
    { key: "type", header: text("orders.type"), width: 110, sort: true, hidden: true, cell: (order) => text(`orders.type.${order.type}`) },
    { key: "assignee", header: text("orders.assignee"), width: hasLevels ? 96 : 104, cell: (order) => (order.assignedTo ? nameOf(order.assignedTo) : <span className="muted">{text("orders.nobody")}</span>) },
    { key: "start", header: text("orders.planned_start"), width: hasLevels ? 126 : 148, sort: true, hidden: isOver, cell: (order) => <SiteTime order={order} at={order.scheduledStart} isShort /> },
    { key: "end", header: text("orders.planned_end"), width: 136, sort: true, hidden: true, cell: (order) => <span className={isOverdue(order) ? "orders-overdue" : undefined}><SiteTime order={order} at={order.scheduledEnd} isShort /></span> },
    { key: "completed", header: text("orders.completed"), width: 140, sort: true, hidden: !isOver, cell: (order) => <SiteTime order={order} at={order.actualEnd} isShort /> },
    { key: "age", header: text("orders.age"), width: 68, sort: true, hidden: isOver || hasLevels, cell: (order) => <span title={format.dateTime(order.createdAt)}>{ageText(order.createdAt, locale)}</span> },
  ], [text, format, nameOf, locale, isOver, hasPhases, hasLevels]);
}

const units = [["day", 86_400_000], ["hour", 3_600_000], ["minute", 60_000]] as const;

/** In its largest unit, as elsewhere: `3 days`. */
function ageText(since: string, locale: string): string {
  const age = Math.max(0, Date.now() - Date.parse(since));
  const [unit, length] = units.find(([, size]) => age >= size) ?? units[2];
  return new Intl.NumberFormat(locale, { style: "unit", unit, unitDisplay: "short" }).format(Math.floor(age / length));
}
