import { Problem } from "../../shared/api/Problem";
import { problemText } from "../../shared/api/problemText";
import { useText } from "../../shared/localization";
import { Icon, Spinner, useStatusName } from "../../shared/ui";
import type { Verdict } from "./bulk";
import { Changed } from "./Changed";
import { isOpen, movesOf, standing, type Move, type WorkOrder } from "./orders";
import { useObstacle } from "./useMoveWords";

interface RunResultsProps {
  orders: readonly WorkOrder[];
  results: ReadonlyMap<string, Verdict>;
  newest: ReadonlyMap<string, WorkOrder>;
  move?: Move | undefined;
  field?: string | undefined;
}

/** What became of each one, and before it is done: to which it cannot be done. */
export function RunResults({ orders, results, newest, move, field }: RunResultsProps) {
  const text = useText();
  const foreseen = useForeseen(move, field);
  const count = [...results.values()].filter((result) => result === "done").length;
  const refused = [...results.values()].filter((result) => result instanceof Problem).length;
  return (
    <section className="orders-run" aria-label={text("orders.run.results")}>
      <p className="muted" role="status">
        {results.size > 0 ? text("orders.run.done", { count, all: orders.length }) : text("orders.run.for", { count: orders.length })}
        {refused > 0 && <>{" "}<strong className="orders-run-refused">{text("orders.run.refused", { count: refused })}</strong></>}
      </p>
      <ul className="orders-run-list" tabIndex={0} aria-label={text("orders.run.results")}>
        {orders.map((order) => {
          const result = results.get(order.id);
          const theirs = newest.get(order.id);
          const before = result === undefined ? foreseen(order) : undefined;
          return (
            <li key={order.id} className="orders-run-line">
              <span className="orders-run-mark">
                {result === "running" ? <Spinner label="" /> : result === "done" ? <Icon name="check" /> : result instanceof Problem ? <Icon name="alert" /> : before ? <Icon name="minus" /> : null}
              </span>
              <code>{order.number}</code>
              <span className="truncate" dir="auto">{order.title}</span>
              {before && <span className="orders-run-before">{before}</span>}
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

/** Why it cannot be done to one, as far as the page can tell. The server says what becomes of it. */
function useForeseen(move: Move | undefined, field: string | undefined): (order: WorkOrder) => string | undefined {
  const text = useText();
  const status = useStatusName();
  const why = useObstacle();
  return (order) => {
    const isPossible = move ? movesOf(order).includes(move) : field === undefined || isOpen(order, field);
    const { kind, value } = standing(order);
    return isPossible ? move && why(order, move) : text("orders.run.not_now", { status: status(kind, value) });
  };
}
