import { useRef } from "react";
import { useLocalization, useText } from "../../shared/localization";
import { useFormat } from "../../shared/localization/format";
import { classes } from "../../shared/ui";
import { useSize } from "../../shared/ui/useSize";
import type { Budget, BudgetMonth } from "./budgets";

const left = 64;
const height = { bars: 180, variance: 140, words: 20, above: 12 };
/** How high a bar is drawn: what is read comes from the text itself. */
const sizeOf = ({ amount }: { amount: string }): number => Number(amount);

export function useMonthName(): (month: number, length: "short" | "long" | "narrow") => string {
  const { locale } = useLocalization();
  return (month, length) => new Intl.DateTimeFormat(locale, { month: length, timeZone: "UTC" }).format(Date.UTC(2024, month - 1, 1));
}

/** A budget's year: what was planned and booked each month, and what is left of the plan. The table beside it says the same. */
export function BudgetChart({ budget, months }: { budget: Budget; months: readonly BudgetMonth[] }) {
  const text = useText();
  const format = useFormat();
  const nameOf = useMonthName();
  const box = useRef<HTMLDivElement>(null);
  const width = Math.max(240, useSize(box));
  const slot = (width - left) / 12;
  const short = (value: number) => format.number(value, { style: "currency", currency: budget.amount.currency, notation: "compact", maximumFractionDigits: 1 });
  const most = Math.max(...months.flatMap(({ planned, actual }) => [sizeOf(planned), sizeOf(actual)])) || 1;
  const barTop = (value: number) => height.above + (1 - value / most) * height.bars;
  const base = barTop(0);
  const variances = months.map(({ variance }) => sizeOf(variance));
  const [least, top] = [Math.min(0, ...variances), Math.max(0, ...variances)];
  const span = top - least || 1;
  const varianceAt = (value: number) => height.above + ((top - value) / span) * height.variance;
  const zero = varianceAt(0);
  const wording = (month: number, y: number) => (
    <text key={month} x={left + slot * (month - 0.5)} y={y} textAnchor="middle">{nameOf(month, slot < 34 ? "narrow" : "short")}</text>
  );
  const scale = (value: number, y: number) => (
    <g key={value}><line x1={left} x2={width} y1={y} y2={y} className="budget-grid" /><text x={left - 6} y={y} textAnchor="end" dominantBaseline="middle">{short(value)}</text></g>
  );
  const year = String(budget.year);
  return (
    <div className="budget-charts">
      <div ref={box} />
      <h3 className="budget-chart-title">{text("orders.budget.by_month")}</h3>
      <ul className="budget-legend muted">
        <li><i className="budget-key budget-planned" />{text("orders.budget.planned")}</li>
        <li><i className="budget-key budget-booked" />{text("orders.budget.actual")}</li>
        <li><i className="budget-key budget-over" />{text("orders.budget.beyond")}</li>
      </ul>
      <svg role="img" aria-label={text("orders.budget.chart", { year })} width={width} height={base + height.words} className="budget-chart">
        {[most, most / 2, 0].map((value) => scale(value, barTop(value)))}
        {months.map(({ month, planned, actual }) => {
          const [plan, done] = [sizeOf(planned), sizeOf(actual)];
          const x = left + slot * (month - 1);
          return (
            <g key={month}>
              <rect className="budget-planned" x={x + slot * 0.15} width={slot * 0.7} y={barTop(plan)} height={base - barTop(plan)} />
              <rect className={done > plan ? "budget-over" : "budget-booked"} x={x + slot * 0.3} width={slot * 0.4} y={barTop(Math.max(0, done))} height={base - barTop(Math.max(0, done))} />
            </g>
          );
        })}
        {months.map(({ month }) => wording(month, base + 15))}
      </svg>
      <h3 className="budget-chart-title">{text("orders.budget.cumulative")}</h3>
      <svg role="img" aria-label={text("orders.budget.variance_chart", { year })} width={width} height={height.above + height.variance + height.words} className="budget-chart">
        {[...new Set([top, 0, least])].map((value) => scale(value, varianceAt(value)))}
        {months.map(({ month }, index) => {
          const value = variances[index] ?? 0;
          const y = varianceAt(value);
          return <rect key={month} className={classes(value < 0 ? "budget-over" : "budget-left")} x={left + slot * (month - 0.8)} width={slot * 0.6} y={Math.min(y, zero)} height={Math.abs(y - zero)} />;
        })}
        {months.map(({ month }) => wording(month, height.above + height.variance + 15))}
      </svg>
    </div>
  );
}
