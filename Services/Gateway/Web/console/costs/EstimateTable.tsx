import { useText } from "../../shared/localization";
import { useFormat } from "../../shared/localization/format";
import { useNames } from "../people";
import type { WorkOrderCostsResponse } from "generated/api";
import { estimateCategories, type Estimate } from "./estimates";

/** What was expected, beside what is booked. */
export function EstimateTable({ estimate, costs, zone }: { estimate: Estimate; costs: WorkOrderCostsResponse; zone: string }) {
  const text = useText();
  const format = useFormat();
  const nameOf = useNames();
  const expected = (category: string) => estimate.items.find((one) => one.category === category)?.amount;
  const booked = (category: string) => costs.categories.find((one) => one.category === category)?.total;
  const rows = estimateCategories.filter((one) => expected(one) ?? booked(one));
  const money = (value: Estimate["total"] | undefined) => (value ? format.money(value) : <span className="muted">–</span>);
  return (
    <div className="stack-tight">
      <table className="estimate">
        <caption className="visually-hidden">{text("orders.estimate.table")}</caption>
        <thead><tr><th scope="col">{text("orders.cost.category")}</th><th scope="col">{text("orders.budget.committed")}</th><th scope="col">{text("orders.budget.actual")}</th></tr></thead>
        <tbody>{rows.map((one) => <tr key={one}><th scope="row">{text(`orders.cost.category.${one}`)}</th><td>{money(expected(one))}</td><td>{money(booked(one))}</td></tr>)}</tbody>
        <tfoot><tr><th scope="row">{text("orders.cost.total")}</th><td>{money(estimate.total)}</td><td>{money(costs.total ?? undefined)}</td></tr></tfoot>
      </table>
      <p className="muted">{text("orders.estimate.set_by", { name: nameOf(estimate.setBy), time: format.dateTime(estimate.setAt, zone) })}</p>
    </div>
  );
}
