import { useEffect, useState } from "react";
import { problemText } from "../../../shared/api/problemText";
import { useData } from "../../../shared/data";
import { useText } from "../../../shared/localization";
import { useFormat } from "../../../shared/localization/format";
import { navigate, usePathValue } from "../../../shared/router";
import { useMay } from "../../../shared/session/session";
import { Button, Card, ErrorState, KeyValue, PageHeader, Skeleton, Table, type Column } from "../../../shared/ui";
import { BudgetChart, useMonthName } from "../../costs/BudgetChart";
import { EditBudget, RemoveBudget } from "../../costs/BudgetDialogs";
import { useBudgetName, type Budget, type BudgetMonth } from "../../costs/budgets";
import { BudgetStatus, Utilisation } from "../../costs/BudgetStatus";
import { useKeys } from "../../useKeys";

/** One budget, and how its year goes. */
export default function BudgetPage() {
  const id = usePathValue("id");
  const { data, problem, retry } = useData("GET /api/v1/costs/budgets/{id}/variance", { path: { id } });
  if (data) return <Shown budget={data.budget} months={data.months} retry={retry} />;
  if (problem) return <ErrorState problem={{ message: problemText(problem), requestId: problem.requestId }} retry={retry} />;
  return <div className="stack"><Skeleton height={64} /><Skeleton lines={10} /></div>;
}

function Shown({ budget, months, retry }: { budget: Budget; months: readonly BudgetMonth[]; retry: () => void }) {
  const text = useText();
  const format = useFormat();
  const mayChange = useMay()("workorder-cost:update");
  const name = useBudgetName()(budget);
  const monthName = useMonthName();
  const [open, setOpen] = useState<"edit" | "remove" | null>(null);
  const year = String(budget.year);
  useEffect(() => void (document.title = `${name} ${year} – dCMMS`), [name, year]);
  useKeys({ e: mayChange ? () => setOpen("edit") : undefined });
  const close = () => setOpen(null);
  const money = (value: Budget["amount"]) => <span className={value.amount.startsWith("-") ? "budget-short" : ""}>{format.money(value)}</span>;
  const columns: Column<BudgetMonth>[] = [
    { key: "month", header: text("orders.budget.month"), minWidth: 110, fixed: true, cell: ({ month }) => monthName(month, "long") },
    { key: "planned", header: text("orders.budget.planned"), width: 140, align: "end", cell: ({ planned }) => format.money(planned) },
    { key: "actual", header: text("orders.budget.actual"), width: 140, align: "end", cell: ({ actual }) => format.money(actual) },
    { key: "variance", header: text("orders.budget.cumulative"), width: 180, align: "end", cell: ({ variance }) => money(variance) },
  ];
  return (
    <>
      <PageHeader
        title={`${name} ${year}`} crumbs={[{ title: text("pages.budgets"), to: "/budgets" }]} meta={<BudgetStatus budget={budget} />} description={budget.note ?? undefined}
        actions={mayChange && (
          <>
            <Button icon="edit" aria-keyshortcuts="e" onClick={() => setOpen("edit")}>{text("orders.budget.change")}</Button>
            <Button icon="trash" onClick={() => setOpen("remove")}>{text("orders.budget.remove")}</Button>
          </>
        )}
      />
      <div className="stack">
        <Card title={text("orders.budget.figures")}>
          <div className="stack-tight">
            <Utilisation budget={budget} />
            <KeyValue
              columns
              entries={[
                { label: text("orders.budget.amount"), value: <strong>{format.money(budget.amount)}</strong> },
                { label: text("orders.budget.actual"), value: format.money(budget.actual) },
                { label: text("orders.budget.committed"), value: format.money(budget.committed) },
                { label: text("orders.budget.available"), value: <strong>{money(budget.available)}</strong> },
                { label: text("orders.budget.variance"), value: money(budget.variance) },
              ]}
            />
            <p className="muted">{text("orders.budget.figures_hint")}</p>
          </div>
        </Card>
        <Card title={text("orders.budget.year_of", { year })}><BudgetChart budget={budget} months={months} /></Card>
        <Card title={text("orders.budget.months")} flush>
          <Table
            label={text("orders.budget.months")} rows={months} rowKey={({ month }) => String(month)} columns={columns} cardHeight={84}
            card={({ month, planned, actual, variance }) => (
              <div className="stack-tight">
                <div className="row-apart"><strong>{monthName(month, "long")}</strong>{money(variance)}</div>
                <div className="muted">{text("orders.budget.of_planned", { actual: format.money(actual), planned: format.money(planned) })}</div>
              </div>
            )}
          />
        </Card>
      </div>
      {open === "edit" && <EditBudget budget={budget} changed={retry} close={close} />}
      {open === "remove" && <RemoveBudget budget={budget} read={retry} removed={() => navigate("/budgets")} close={close} />}
    </>
  );
}
