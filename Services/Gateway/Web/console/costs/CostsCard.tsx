import { useState } from "react";
import { useText } from "../../shared/localization";
import { useFormat } from "../../shared/localization/format";
import { Link, useSearch } from "../../shared/router";
import { useMay } from "../../shared/session/session";
import { Banner, Button, Card, ErrorState, KeyValue, Skeleton, Switch } from "../../shared/ui";
import { shownProblem } from "../administration/useApiForm";
import { useHours } from "../hours/hours";
import { isOpen, type WorkOrder } from "../orders/orders";
import { useNames } from "../people";
import { useZones } from "../places";
import { useKeys } from "../useKeys";
import { WhyDialog } from "../WhyDialog";
import { BookDialog } from "./BookDialog";
import { CostEntry, useCostTitle } from "./CostEntry";
import { takeBack, useCosts, type Cost } from "./costs";
import { EstimateDialog } from "./EstimateDialog";
import { EstimateTable } from "./EstimateTable";

/** What a work order costs, for those who may see it: the sums, and the ledger that they come from. */
export function CostsCard({ order }: { order: WorkOrder }) {
  return useMay()("workorder-cost:read") ? <Costs order={order} /> : null;
}

function Costs({ order }: { order: WorkOrder }) {
  const text = useText();
  const format = useFormat();
  const nameOf = useNames();
  const titleOf = useCostTitle();
  const mayChange = useMay()("workorder-cost:update");
  const zone = useZones()(order.siteId);
  const { data, entries, isCut, problem, retry } = useCosts(order);
  const { entries: hours } = useHours(order);
  const [open, setOpen] = useState<"book" | "estimate" | Cost | null>(null);
  const [search, setSearch] = useSearch();
  const isShort = search.get("ledger") === "short";
  const undone = (entry: Cost) => entry.isReversed || Boolean(entry.reverses);
  const undoneCount = entries?.filter(undone).length ?? 0;
  const close = () => setOpen(null);
  const currency = data?.total?.currency;
  const mayBook = mayChange && currency !== undefined && order.phase !== "draft";
  const estimate = data?.estimate ?? undefined;
  const mayEstimate = mayChange && currency !== undefined && isOpen(order, "estimate");
  useKeys({ b: mayBook ? () => setOpen("book") : undefined });
  const workerOf = (entry: Cost) => {
    const worker = hours?.find(({ id }) => id === entry.laborId)?.userId;
    return worker && nameOf(worker);
  };
  const toRates = mayChange && <Link to="/costs/rates">{text("pages.cost_rates")}</Link>;
  const unbooked = data?.unbookedLabor.length ?? 0;
  const actions = (mayBook || mayEstimate) && (
    <>
      {mayEstimate && <Button size="small" icon="edit" onClick={() => setOpen("estimate")}>{text(estimate ? "orders.estimate.change" : "orders.estimate.add")}</Button>}
      {mayBook && <Button size="small" icon="plus" aria-keyshortcuts="b" onClick={() => setOpen("book")}>{text("orders.cost.book")}</Button>}
    </>
  );
  return (
    <Card title={text("orders.cost")} actions={actions}>
      {!data || !entries ? problem ? <ErrorState problem={shownProblem(problem) ?? { message: "" }} retry={retry} /> : <Skeleton lines={3} /> : (
        <div className="stack-tight">
          {!data.total && <Banner action={toRates}>{text("orders.cost.no_currency")}</Banner>}
          {data.total && unbooked > 0 && <Banner tone="warning" action={toRates}>{text("orders.cost.unbooked", { count: unbooked })}</Banner>}
          {entries.length === 0 && data.total && !estimate && <p className="muted">{text(order.phase === "draft" ? "orders.cost.none_draft" : "orders.cost.none")}</p>}
          {data.unbookedParts.length > 0 && <Banner tone="warning">{text("orders.cost.unbooked_parts")}</Banner>}
          {estimate && <EstimateTable estimate={estimate} costs={data} zone={zone} />}
          {data.total && entries.length > 0 && !estimate && (
            <div className="hours-sums"><KeyValue
              columns
              entries={[
                { label: text("orders.cost.total"), value: <strong>{format.money(data.total)}</strong> },
                ...(data.categories.length > 1 ? data.categories.map(({ category, total }) => ({ label: text(`orders.cost.category.${category}`), value: format.money(total) })) : []),
              ]}
            /></div>
          )}
          {isCut && <p className="muted">{text("orders.cost.cut")}</p>}
          {undoneCount > 0 && <Switch label={text("orders.cost.with_undone", { count: undoneCount })} value={!isShort} onChange={(on) => setSearch({ ledger: on ? null : "short" })} />}
          {entries.length > 0 && (
            <ul className="hours-list" aria-label={text("orders.cost.ledger")}>
              {(isShort ? entries.filter((entry) => !undone(entry)) : entries).map((entry) => <CostEntry key={entry.id} entry={entry} zone={zone} worker={workerOf(entry)} mayChange={mayChange} takeBack={() => setOpen(entry)} />)}
            </ul>
          )}
        </div>
      )}
      {open === "book" && currency && <BookDialog order={order} currency={currency} booked={retry} close={close} />}
      {open === "estimate" && currency && <EstimateDialog order={order} estimate={estimate} currency={currency} saved={retry} close={close} />}
      {open !== null && open !== "book" && open !== "estimate" && (
        <WhyDialog
          title={text("orders.cost.take_back_of", { what: titleOf(open) })} confirm={text("orders.cost.take_back")} done={text("orders.cost.taken_back")} close={close}
          run={(reason) => takeBack(open, reason).finally(retry)}
        >
          <p><strong>{format.money(open.total)}</strong></p>
          <p className="muted">{text("orders.cost.take_back_text")}</p>
        </WhyDialog>
      )}
    </Card>
  );
}
