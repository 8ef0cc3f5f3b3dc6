import { useEffect, useRef, useState } from "react";
import { useText } from "../../../shared/localization";
import { navigate, useSearch } from "../../../shared/router";
import { useMay } from "../../../shared/session/session";
import { Button, IconButton, PageHeader, SegmentedControl } from "../../../shared/ui";
import type { WorkOrder } from "../../orders/orders";
import { useFreshClocks } from "../../levels/useFreshClocks";
import { useOrderDialogs } from "../../orders/useOrderDialogs";
import { PageKeys } from "../../PageKeys";
import { useScope } from "../../places";
import { ScopeNote } from "../../Scope";
import { useKeys } from "../../useKeys";
import { useNow } from "../asset/useNow";
import { NewDialog } from "../work-order-new/NewDialog";
import { ViewsMenu } from "../../views/ViewsMenu";
import { BoardView } from "./BoardView";
import { CalendarView } from "./CalendarView";
import { ExportButton } from "./ExportButton";
import { FilterBar } from "./FilterBar";
import { filtersOf, isFresh, isNarrowed } from "./filters";
import { useKeyGroups } from "./keyGroups";
import { ListView } from "./ListView";
import { stageOf } from "./stages";
import { sortOf } from "./sorting";
import { useOrders } from "./useOrders";
import { useWords } from "./useWords";

const views = ["list", "board", "calendar"] as const;
type View = (typeof views)[number];
const icons = { list: "list", board: "board", calendar: "calendar" } as const;

/** All work orders, as a list, as a board by their states, or on a calendar. */
export default function WorkOrdersPage() {
  const text = useText();
  const may = useMay();
  const [search, setSearch] = useSearch();
  const [words, setWords] = useWords();
  const view: View = views.find((one) => one === search.get("view")) ?? "list";
  // A board has all states, whatever the list was narrowed to; phases narrow it all the same.
  const filters = { ...filtersOf(search), ...(view === "list" ? {} : { status: [] }) };
  const stage = stageOf(filters);
  const scope = useScope(filters);
  const sort = sortOf(search.get("sort"), stage, filters.phase.length > 0);
  const orders = useOrders(filters, scope, words, sort);
  const dialogs = useOrderDialogs();
  useFreshClocks();
  // What is at risk becomes late without anything that happens.
  const isByLevel = filters.level.length > 0;
  const minute = useNow(60_000, isByLevel);
  const firstMinute = useRef(minute);
  useEffect(() => { if (isByLevel && minute !== firstMinute.current) orders.retry(); }, [minute]);
  const active = useRef<WorkOrder>();
  const [open, setOpen] = useState<"new" | "keys" | null>(null);
  const keyGroups = useKeyGroups(view);
  const create = () => setOpen("new");
  const withActive = (act: (order: WorkOrder) => void) => () => {
    // As it is now: it may have changed since it became the active one.
    const order = orders.loaded.find((one) => one.id === active.current?.id);
    if (order) act(order);
  };
  const toRows = () => document.querySelector<HTMLElement>(".orders-list [role=grid], .orders-board [tabindex='0'], .orders-calendar [data-order]")?.focus();
  useKeys({
    c: may("workorder:create") ? create : undefined,
    e: withActive((order) => navigate(`/work-orders/${order.id}?edit=1`)),
    m: withActive((order) => dialogs.open("move", [order])),
    a: may("workorder:assign") ? withActive((order) => dialogs.open("assign", [order])) : undefined,
    j: toRows,
    k: toRows,
    "/": () => document.querySelector<HTMLElement>(".orders-search input")?.focus(),
    "?": () => setOpen("keys"),
  });
  const opensFresh = view === "list" && isFresh(search);
  useEffect(() => { if (opensFresh) setSearch({ status: "unfinished" }); }, [opensFresh]);
  const props = { orders, dialogs, onActive: (order: WorkOrder | undefined) => { active.current = order; } };
  const filterBar = <FilterBar filters={filters} scope={scope} words={words} setWords={setWords} hidesStatus={view !== "list"} />;
  return (
    <div className={`orders-page orders-page-${view}`}>
      <PageHeader
        title={text("pages.work_orders")}
        actions={
          <>
            <SegmentedControl
              label={text("orders.view")} value={view} onChange={(next) => setSearch({ view: next === "list" ? null : next })}
              options={views.map((value) => ({ value, label: text(`orders.view.${value}`), icon: icons[value] }))}
            />
            <ViewsMenu />
            {view === "list" && <ExportButton query={orders.query} sort={sort} isByDue={filters.due > 0} />}
            <IconButton className="orders-keys" icon="keyboard" label={text("ui.keys.title")} onClick={() => setOpen("keys")} />
            {may("workorder:create") && <Button kind="primary" icon="plus" onClick={create} aria-keyshortcuts="c">{text("orders.new")}</Button>}
          </>
        }
      >
        {view !== "list" && filterBar}
      </PageHeader>
      <ScopeNote scope={scope} />
      {view === "list" && <ListView {...props} tools={filterBar} isFiltered={isNarrowed(filters, words)} stage={stage} isByPhase={filters.phase.length > 0} create={create} />}
      {view === "board" && <BoardView {...props} />}
      {view === "calendar" && <CalendarView {...props} site={filters.site} />}
      {dialogs.element}
      {open === "new" && <NewDialog asset={filters.asset} close={() => setOpen(null)} />}
      {open === "keys" && <PageKeys groups={keyGroups} close={() => setOpen(null)} />}
    </div>
  );
}
