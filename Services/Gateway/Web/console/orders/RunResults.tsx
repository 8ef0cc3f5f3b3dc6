import { Problem } from "../../shared/api/Problem";
import { problemText } from "../../shared/api/problemText";
import { useText } from "../../shared/localization";
import { Icon, Spinner } from "../../shared/ui";
import { Changed } from "./Changed";
import type { WorkOrder } from "./orders";
import type { Result } from "./useRun";

/** What became of each one. */
export function RunResults({ orders, results, newest }: { orders: readonly WorkOrder[]; results: ReadonlyMap<string, Result>; newest: ReadonlyMap<string, WorkOrder> }) {
  const text = useText();
  const count = [...results.values()].filter((result) => result === "done").length;
  return (
    <section className="orders-run" aria-label={text("orders.run.results")}>
      <p className="muted" role="status">{results.size > 0 ? text("orders.run.done", { count, all: orders.length }) : text("orders.run.for", { count: orders.length })}</p>
      <ul className="orders-run-list">
        {orders.map((order) => {
          const result = results.get(order.id);
          const theirs = newest.get(order.id);
          return (
            <li key={order.id} className="orders-run-line">
              <span className="orders-run-mark">
                {result === "running" ? <Spinner label="" /> : result === "done" ? <Icon name="check" /> : result instanceof Problem ? <Icon name="alert" /> : null}
              </span>
              <code>{order.number}</code>
              <span className="truncate">{order.title}</span>
              {result instanceof Problem && <span className="orders-run-why">{problemText(result)}</span>}
              {result instanceof Problem && theirs && <div className="orders-run-changed"><Changed before={order} after={theirs} /></div>}
              {result === "done" && <span className="visually-hidden">{text("orders.run.one_done")}</span>}
            </li>
          );
        })}
      </ul>
    </section>
  );
}
