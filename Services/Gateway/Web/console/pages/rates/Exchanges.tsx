import { useMemo } from "react";
import { useText } from "../../../shared/localization";
import { useFormat } from "../../../shared/localization/format";
import { EmptyState, IconButton, Table, type Column } from "../../../shared/ui";
import { current, type ExchangeRate, type Rates } from "../../costs/costs";
import { useCurrencyName } from "../../costs/useCurrencyName";
import { Since } from "./Cards";

interface ExchangesProps { rates: Rates; base: string; mayChange: boolean; edit: (one: ExchangeRate) => void; remove: (one: ExchangeRate) => void }

/** What other currencies have been, are and will be worth: by currency, the latest first. */
export function Exchanges({ rates, base, mayChange, edit, remove }: ExchangesProps) {
  const text = useText();
  const format = useFormat();
  const nameOf = useCurrencyName();
  const all = rates.exchangeRates;
  const rows = useMemo(
    () => [...all].sort((one, other) => (one.currency === other.currency ? Date.parse(other.effectiveFrom) - Date.parse(one.effectiveFrom) : one.currency < other.currency ? -1 : 1)),
    [all]
  );
  const inForce = (currency: string) => current(all.filter((one) => one.currency === currency));
  const said = (one: ExchangeRate) => ({ currency: one.currency, time: format.dateTime(one.effectiveFrom) });
  const acts = (one: ExchangeRate) => mayChange && (
    <span className="admin-one-line row">
      <IconButton size="small" icon="edit" label={text("orders.cost.rates.edit_exchange", said(one))} onClick={() => edit(one)} />
      <IconButton size="small" icon="trash" label={text("orders.cost.rates.remove_exchange", said(one))} onClick={() => remove(one)} />
    </span>
  );
  const worth = (one: ExchangeRate) => text("orders.cost.rates.is_worth", { one: format.decimal("1", one.currency), other: format.decimal(one.rate, base) });
  const columns: Column<ExchangeRate>[] = [
    { key: "currency", header: text("orders.cost.currency"), minWidth: 160, fixed: true, cell: (one) => nameOf(one.currency) },
    { key: "worth", header: text("orders.cost.rates.value"), width: 220, align: "end", cell: worth },
    { key: "since", header: text("orders.cost.rates.since"), minWidth: 180, cell: (one) => format.dateTime(one.effectiveFrom) },
    { key: "state", header: text("orders.status"), width: 140, cell: (one) => <Since one={one} inForce={inForce(one.currency)} /> },
    ...(mayChange ? [{ key: "acts", header: text("orders.more"), width: 96, fixed: true, cell: acts }] : []),
  ];
  return (
    <Table
      label={text("orders.cost.rates.exchanges")} rows={rows} rowKey={(one) => `${one.currency} ${one.effectiveFrom}`} columns={columns} cardHeight={84}
      card={(one) => (
        <div className="row-apart admin-one-line">
          <div className="stack-tight"><span><strong>{worth(one)}</strong> <Since one={one} inForce={inForce(one.currency)} /></span><span className="muted">{format.dateTime(one.effectiveFrom)}</span></div>
          {acts(one)}
        </div>
      )}
      empty={<EmptyState title={text("orders.cost.rates.no_exchanges")} icon="globe">{text("orders.cost.rates.no_exchanges_hint")}</EmptyState>}
    />
  );
}
