import { useState, type ReactNode } from "react";
import { call } from "../../../shared/api/call";
import { Problem } from "../../../shared/data";
import { useText } from "../../../shared/localization";
import { useFormat } from "../../../shared/localization/format";
import { Banner, ChangeList, type ChangeListProps } from "../../../shared/ui";
import { bodyOf, setRates, type ExchangeRate, type RateCard, type Rates, type RatesBody } from "../../costs/costs";
import { useCurrencyName } from "../../costs/useCurrencyName";

/**
 * One step on the rates, which are saved together.
 *
 * If somebody else has saved meanwhile, what they have changed is shown, and the same step is made on theirs when it is confirmed once more.
 */
export function useRatesChange(rates: Rates, saved: () => void): { save: (step: (body: RatesBody) => RatesBody) => Promise<Rates>; theirs: ReactNode } {
  const [base, setBase] = useState(rates);
  const [before, setBefore] = useState<Rates>();
  const save = async (step: (body: RatesBody) => RatesBody) => {
    try {
      const now = await setRates(base, step(bodyOf(base)));
      saved();
      return now;
    } catch (error) {
      if (Problem.from(error).code === "stale_version") {
        const theirs = await call("GET /api/v1/costs/rates", {});
        setBefore(base);
        setBase(theirs);
        saved();
      }
      throw error;
    }
  };
  return { save, theirs: before && <Theirs before={before} after={base} /> };
}

function Theirs({ before, after }: { before: Rates; after: Rates }) {
  const text = useText();
  const changes = useChanges()(before, after);
  return changes.length === 0 ? null : (
    <div className="stack-tight">
      <Banner>{text("orders.cost.rates.theirs")}</Banner>
      <ChangeList changes={changes} />
    </div>
  );
}

/** What differs between two versions of the rates, in words. */
function useChanges(): (before: Rates, after: Rates) => ChangeListProps["changes"] {
  const text = useText();
  const format = useFormat();
  const nameOf = useCurrencyName();
  const since = (one: { effectiveFrom: string }) => format.dateTime(one.effectiveFrom);
  const ofCard = (currency: string, card: RateCard) =>
    [format.money({ amount: card.hourlyRate, currency }), ...[card.overtime, card.weekend, card.travel].map((factor) => `× ${format.decimal(factor ?? "1")}`)].join(", ");
  return (before, after) => {
    const [was, is] = [bodyOf(before), bodyOf(after)];
    const cards = compared(was.cards, is.cards, since, (card) => ofCard(after.currency ?? was.currency, card), (card) => text("orders.cost.rates.card_since", { time: since(card) }));
    const key = (one: ExchangeRate) => `${one.currency} ${Date.parse(one.effectiveFrom)}`;
    const exchanges = compared(was.exchangeRates, is.exchangeRates, key, (one) => format.decimal(one.rate), (one) => text("orders.cost.rates.exchange_since", { currency: one.currency, time: since(one) }));
    const currency = was.currency === is.currency ? [] : [{ field: "currency", label: text("orders.cost.currency"), before: was.currency && nameOf(was.currency), after: nameOf(is.currency) }];
    return [...currency, ...cards, ...exchanges];
  };
}

function compared<One>(was: readonly One[], is: readonly One[], keyOf: (one: One) => string, shown: (one: One) => string, label: (one: One) => string) {
  const [old, now] = [new Map(was.map((one) => [keyOf(one), one])), new Map(is.map((one) => [keyOf(one), one]))];
  return [...new Set([...old.keys(), ...now.keys()])].flatMap((key) => {
    const [one, other] = [old.get(key), now.get(key)];
    const [before, after] = [one ? shown(one) : "", other ? shown(other) : ""];
    const named = other ?? one;
    return before === after || !named ? [] : [{ field: key, label: label(named), before, after }];
  });
}
