import { useState } from "react";
import { change } from "../../../shared/data";
import { useText } from "../../../shared/localization";
import { useFormat } from "../../../shared/localization/format";
import { useMay } from "../../../shared/session/session";
import { Banner, Button, Card, EmptyState, ErrorState, PageHeader, Skeleton, toast } from "../../../shared/ui";
import { explain, shownProblem } from "../../administration/useApiForm";
import { useRates, type ExchangeRate, type RateCard, type Rates, type RatesBody } from "../../costs/costs";
import { useCurrencyName } from "../../costs/useCurrencyName";
import { CardDialog } from "./CardDialog";
import { Cards } from "./Cards";
import { CurrencyDialog } from "./CurrencyDialog";
import { ExchangeDialog } from "./ExchangeDialog";
import { Exchanges } from "./Exchanges";
import { RemoveDialog } from "./RemoveDialog";

type Open = { what: "currency" } | { what: "card"; card?: RateCard } | { what: "exchange"; exchange?: ExchangeRate } | { what: "remove"; name: string; step: (body: RatesBody) => RatesBody };

/** What an hour costs, and what other currencies are worth. */
export default function RatesPage() {
  const text = useText();
  const { data, problem, retry } = useRates();
  return (
    <>
      <PageHeader title={text("pages.cost_rates")} description={text("orders.cost.rates.text")} />
      {data ? <Shown rates={data} read={retry} /> : problem ? <ErrorState problem={shownProblem(problem) ?? { message: "" }} retry={retry} /> : <Skeleton lines={8} />}
    </>
  );
}

function Shown({ rates, read }: { rates: Rates; read: () => void }) {
  const text = useText();
  const format = useFormat();
  const nameOf = useCurrencyName();
  const mayChange = useMay()("workorder-cost:update");
  const [open, setOpen] = useState<Open | null>(null);
  const { currency } = rates;
  const props = { rates, saved: read, close: () => setOpen(null) };
  const setCurrency = mayChange && <Button icon="edit" size="small" onClick={() => setOpen({ what: "currency" })}>{text("orders.cost.rates.currency")}</Button>;
  return (
    <div className="stack">
      {rates.unbookedLabor > 0 && <Unbooked rates={rates} mayBook={mayChange} read={read} />}
      {!currency ? (
        <Card>
          <EmptyState title={text("orders.cost.rates.none")} icon="chart" action={setCurrency}>{text("orders.cost.rates.none_hint")}</EmptyState>
        </Card>
      ) : (
        <>
          <Card title={text("orders.cost.currency")} actions={setCurrency}>{nameOf(currency)}</Card>
          <Card title={text("orders.cost.rates.cards")} flush actions={mayChange && <Button size="small" icon="plus" onClick={() => setOpen({ what: "card" })}>{text("orders.cost.rates.card_new")}</Button>}>
            <Cards
              cards={rates.cards} mayChange={mayChange}
              edit={(card) => setOpen({ what: "card", card })}
              remove={(card) => setOpen({
                what: "remove", name: `${format.money({ amount: card.hourlyRate, currency })}, ${format.dateTime(card.effectiveFrom)}`,
                step: (body) => ({ ...body, cards: body.cards.filter((one) => one.effectiveFrom !== card.effectiveFrom) }),
              })}
            />
          </Card>
          <Card title={text("orders.cost.rates.exchanges")} flush actions={mayChange && <Button size="small" icon="plus" onClick={() => setOpen({ what: "exchange" })}>{text("orders.cost.rates.exchange_new")}</Button>}>
            <Exchanges
              rates={rates} base={currency} mayChange={mayChange}
              edit={(exchange) => setOpen({ what: "exchange", exchange })}
              remove={(exchange) => setOpen({
                what: "remove", name: `${nameOf(exchange.currency)}, ${format.dateTime(exchange.effectiveFrom)}`,
                step: (body) => ({ ...body, exchangeRates: body.exchangeRates.filter((one) => one.currency !== exchange.currency || one.effectiveFrom !== exchange.effectiveFrom) }),
              })}
            />
          </Card>
        </>
      )}
      {open?.what === "currency" && <CurrencyDialog {...props} />}
      {open?.what === "card" && <CardDialog {...props} card={open.card} />}
      {open?.what === "exchange" && <ExchangeDialog {...props} exchange={open.exchange} />}
      {open?.what === "remove" && <RemoveDialog {...props} step={open.step}>{open.name}</RemoveDialog>}
    </div>
  );
}

/** Time that was recorded when there was no rate. It is booked when somebody says so, a part at a time. */
function Unbooked({ rates, mayBook, read }: { rates: Rates; mayBook: boolean; read: () => void }) {
  const text = useText();
  const [busy, setBusy] = useState(false);
  const book = async () => {
    setBusy(true);
    try {
      const { booked } = await change("POST /api/v1/costs/labor-bookings", {}, { also: ["workorders"] });
      toast(booked > 0 ? { tone: "success", text: text("orders.cost.rates.booked", { count: booked }) } : { tone: "warning", text: text("orders.cost.rates.not_booked") });
    } catch (error) {
      toast({ tone: "danger", text: explain(error) });
    } finally {
      read();
      setBusy(false);
    }
  };
  const canBook = mayBook && rates.cards.length > 0;
  return (
    <Banner tone="warning" action={canBook && <Button size="small" busy={busy} onClick={() => void book()}>{text("orders.cost.rates.book")}</Button>}>
      {text("orders.cost.rates.unbooked", { count: rates.unbookedLabor })}
    </Banner>
  );
}
