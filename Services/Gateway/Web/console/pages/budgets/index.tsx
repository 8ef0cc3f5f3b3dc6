import { useMemo, useState } from "react";
import { shownProblem } from "../../administration/useApiForm";
import { useKept } from "../../administration/useKept";
import { useData } from "../../../shared/data";
import { useText } from "../../../shared/localization";
import { useFormat } from "../../../shared/localization/format";
import { Link, navigate, useSearch } from "../../../shared/router";
import { useMay } from "../../../shared/session/session";
import { Button, Card, EmptyState, PageHeader, Select, Table, type Column } from "../../../shared/ui";
import { BudgetStatus, Utilisation } from "../../costs/BudgetStatus";
import { NewBudget } from "../../costs/BudgetDialogs";
import { useBudgetName, years, type Budget } from "../../costs/budgets";
import { useRates } from "../../costs/costs";
import { useSites } from "../../places";
import { useKeys } from "../../useKeys";

/** What may be spent, by year and site, and what has become of it. */
export default function BudgetsPage() {
  const text = useText();
  const format = useFormat();
  const mayChange = useMay()("workorder-cost:update");
  const nameOf = useBudgetName();
  const sites = useSites();
  const [search, setSearch] = useSearch();
  const [isNew, setNew] = useState(false);
  const { data: rates } = useRates();
  const asked = search.get("year") ?? "";
  const year = asked === "all" ? undefined : Number(asked) || new Date().getFullYear();
  const site = search.get("site") ?? "";
  const list = useData("GET /api/v1/costs/budgets", { query: { limit: 100, ...(year ? { year } : {}), ...(site ? { siteId: site } : {}) } });
  const data = useKept(list.data);
  const currency = rates?.currency;
  const mayCreate = mayChange && Boolean(currency);
  const create = () => setNew(true);
  useKeys({ c: mayCreate ? create : undefined });
  const columns = useMemo<Column<Budget>[]>(() => [
    { key: "name", header: text("orders.budget.name"), minWidth: 190, fixed: true, cell: (budget) => <Link to={`/budgets/${budget.id}`} title={nameOf(budget)}>{nameOf(budget)}</Link> },
    { key: "year", header: text("orders.budget.year"), width: 60, align: "end", cell: (budget) => String(budget.year) },
    { key: "amount", header: text("orders.budget.amount"), width: 118, align: "end", cell: ({ amount }) => format.money(amount) },
    { key: "utilisation", header: text("orders.budget.utilisation"), width: 130, cell: (budget) => <Utilisation budget={budget} /> },
    { key: "status", header: text("orders.status"), width: 118, cell: (budget) => <BudgetStatus budget={budget} /> },
    { key: "actual", header: text("orders.budget.actual"), width: 118, align: "end", cell: ({ actual }) => format.money(actual) },
    { key: "committed", header: text("orders.budget.committed"), width: 118, align: "end", cell: ({ committed }) => format.money(committed) },
    { key: "available", header: text("orders.budget.available"), width: 118, align: "end", cell: ({ available }) => <strong className={available.amount.startsWith("-") ? "budget-short" : ""}>{format.money(available)}</strong> },
  ], [text, format, nameOf]);
  const button = mayCreate && <Button icon="plus" kind="primary" onClick={create} aria-keyshortcuts="c">{text("orders.budget.new")}</Button>;
  const noCurrency = rates !== undefined && !currency;
  return (
    <>
      <PageHeader title={text("pages.budgets")} description={text("orders.budget.about")} actions={button} />
      <Card flush>
        <Table
          label={text("pages.budgets")} rows={data?.items ?? []} rowKey={({ id }) => id} columns={columns} remember="budgets" rowHeight={52} loading={list.isLoading && !data} maxHeight={720}
          problem={data ? undefined : shownProblem(list.problem)} retry={list.retry} onEnd={list.data?.nextCursor ? list.more : undefined} onOpen={({ id }) => navigate(`/budgets/${id}`)}
          cardHeight={148}
          card={(budget) => (
            <div className="stack-tight">
              <div className="row-apart"><Link to={`/budgets/${budget.id}`} className="truncate">{nameOf(budget)}</Link><BudgetStatus budget={budget} /></div>
              <div className="row-apart"><strong>{format.money(budget.amount)}</strong><span className="muted">{String(budget.year)}</span></div>
              <Utilisation budget={budget} />
              <div className="row-apart muted"><span>{text("orders.budget.available")}</span><span className={budget.available.amount.startsWith("-") ? "budget-short" : ""}>{format.money(budget.available)}</span></div>
            </div>
          )}
          tools={
            <div className="admin-filters">
              <Select
                label={text("orders.budget.year")} hideLabel value={year ? String(year) : "all"} onChange={(value) => setSearch({ year: value === String(new Date().getFullYear()) ? null : value })}
                options={[...years(year).map((one) => ({ value: String(one), label: String(one) })), { value: "all", label: text("orders.budget.all_years") }]}
              />
              {sites.size > 1 && (
                <Select
                  label={text("orders.site")} hideLabel value={site} placeholder={text("orders.budget.any_site")} options={[...sites.values()].map(({ id, name }) => ({ value: id, label: name }))}
                  onChange={(value) => setSearch({ site: value })}
                />
              )}
            </div>
          }
          empty={
            noCurrency
              ? <EmptyState title={text("orders.cost.rates.none")} icon="chart" action={mayChange && <Link to="/costs/rates">{text("pages.cost_rates")}</Link>}>{text("orders.cost.rates.none_hint")}</EmptyState>
              : <EmptyState title={text("orders.budget.none")} icon="chart" action={button}>{text("orders.budget.none_hint")}</EmptyState>
          }
        />
      </Card>
      {isNew && currency && <NewBudget year={year ?? new Date().getFullYear()} siteId={site} currency={currency} created={({ id }) => { list.retry(); navigate(`/budgets/${id}`); }} close={() => setNew(false)} />}
    </>
  );
}
