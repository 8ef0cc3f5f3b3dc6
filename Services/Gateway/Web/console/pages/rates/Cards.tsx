import { useMemo } from "react";
import { useText } from "../../../shared/localization";
import { useFormat } from "../../../shared/localization/format";
import { Badge, EmptyState, IconButton, Table, type Column } from "../../../shared/ui";
import { current, type RateCard, type Rates } from "../../costs/costs";

type Card = Rates["cards"][number];

interface CardsProps { cards: readonly Card[]; mayChange: boolean; edit: (card: RateCard) => void; remove: (card: RateCard) => void }

/** What an hour has cost, costs and will cost; the latest first. */
export function Cards({ cards, mayChange, edit, remove }: CardsProps) {
  const text = useText();
  const format = useFormat();
  const rows = useMemo(() => [...cards].reverse(), [cards]);
  const inForce = current(cards);
  const plain = ({ hourlyRate, ...card }: Card): RateCard => ({ ...card, hourlyRate: hourlyRate.amount });
  const acts = (card: Card) => mayChange && (
    <span className="admin-one-line row">
      <IconButton size="small" icon="edit" label={text("orders.cost.rates.edit_since", { time: format.dateTime(card.effectiveFrom) })} onClick={() => edit(plain(card))} />
      <IconButton size="small" icon="trash" label={text("orders.cost.rates.remove_since", { time: format.dateTime(card.effectiveFrom) })} onClick={() => remove(plain(card))} />
    </span>
  );
  const times = (factor: string) => `× ${format.decimal(factor)}`;
  const columns: Column<Card>[] = [
    { key: "since", header: text("orders.cost.rates.since"), minWidth: 180, fixed: true, cell: (card) => format.dateTime(card.effectiveFrom) },
    { key: "rate", header: text("orders.cost.rates.hourly"), width: 130, align: "end", cell: (card) => <strong>{format.money(card.hourlyRate)}</strong> },
    { key: "overtime", header: text("orders.hours.class.overtime"), width: 100, align: "end", cell: (card) => times(card.overtime) },
    { key: "weekend", header: text("orders.hours.class.weekend"), width: 110, align: "end", cell: (card) => times(card.weekend) },
    { key: "travel", header: text("orders.hours.class.travel"), width: 100, align: "end", cell: (card) => times(card.travel) },
    { key: "state", header: text("orders.status"), width: 140, cell: (card) => <Since one={card} inForce={inForce} /> },
    ...(mayChange ? [{ key: "acts", header: text("orders.more"), width: 96, fixed: true, cell: acts }] : []),
  ];
  return (
    <Table
      label={text("orders.cost.rates.cards")} rows={rows} rowKey={(card) => card.effectiveFrom} columns={columns}
      cardHeight={84}
      card={(card) => (
        <div className="row-apart admin-one-line">
          <div className="stack-tight"><span><strong>{format.money(card.hourlyRate)}</strong> <Since one={card} inForce={inForce} /></span><span className="muted">{format.dateTime(card.effectiveFrom)}</span></div>
          {acts(card)}
        </div>
      )}
      empty={<EmptyState title={text("orders.cost.rates.no_cards")} icon="clock">{text("orders.cost.rates.no_cards_hint")}</EmptyState>}
    />
  );
}

/** Whether a rate counts now, from later on, or has been followed by another one. */
export function Since<One extends { effectiveFrom: string }>({ one, inForce }: { one: One; inForce: One | undefined }) {
  const text = useText();
  if (one === inForce) return <Badge tone="success">{text("orders.cost.rates.now")}</Badge>;
  return Date.parse(one.effectiveFrom) > Date.now() ? <Badge tone="info">{text("orders.cost.rates.later")}</Badge> : <Badge>{text("orders.cost.rates.over")}</Badge>;
}
