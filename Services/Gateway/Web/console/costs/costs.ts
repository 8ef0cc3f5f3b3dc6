import type { BookCost, CostEntryResponse, RatesResponse, SetCostRates } from "generated/api";
import { change, useData } from "../../shared/data";
import { useWhole } from "../../shared/data/useWhole";
import type { WorkOrder } from "../orders/orders";

/** An entry of the ledger. It stays as it is: what was wrong is taken back by another one. */
export type Cost = CostEntryResponse;
export type CostCategory = Cost["category"];
/** Hours follow from the time; all else is booked by people. */
export const bookedCategories: BookCost["category"][] = ["parts", "services", "overhead", "other"];

export type Rates = RatesResponse;

/** What a work order costs, and the entries that this is made of, the latest first. */
export function useCosts(order: WorkOrder | undefined, isWanted = true) {
  const read = useWhole("GET /api/v1/costs/workorders/{id}", order && isWanted ? { path: { id: order.id }, query: { limit: 200 } } : null);
  return { ...read, entries: read.data && [...read.data.items].reverse() };
}

/** The rates of the organization, if the person may see them. */
export const useRates = (isWanted = true) => useData("GET /api/v1/costs/rates", isWanted ? {} : null);

export const bookCost = (order: WorkOrder, body: BookCost): Promise<Cost> => change("POST /api/v1/costs/workorders/{id}/entries", { path: { id: order.id }, body });

export const takeBack = (entry: Cost, reason: string): Promise<Cost> =>
  change("POST /api/v1/costs/workorders/{id}/entries/{entry}/reversal", { path: { id: entry.workOrderId, entry: entry.id }, body: { reason } });

/** Somebody can take it back: it is neither taken back already, nor does it take another one back, nor does it follow from recorded time. */
export const isReversible = (entry: Cost): boolean => entry.source === "manual" && !entry.isReversed && !entry.reverses;

/** What is set together: the server keeps all of it as one version. */
export type RatesBody = Required<Pick<SetCostRates, "currency" | "cards">> & { exchangeRates: NonNullable<SetCostRates["exchangeRates"]> };
export type RateCard = RatesBody["cards"][number];
export type ExchangeRate = RatesBody["exchangeRates"][number];

export const bodyOf = (rates: Rates): RatesBody => ({
  currency: rates.currency ?? "",
  cards: rates.cards.map(({ hourlyRate, ...card }) => ({ ...card, hourlyRate: hourlyRate.amount })),
  exchangeRates: rates.exchangeRates,
});

export const setRates = (base: Rates, body: RatesBody): Promise<Rates> => change("PUT /api/v1/costs/rates", { body }, { version: base.version });

/** Which one counts now: the latest that has begun. */
export function current<Since extends { effectiveFrom: string }>(all: readonly Since[], now = Date.now()): Since | undefined {
  const begun = all.filter(({ effectiveFrom }) => Date.parse(effectiveFrom) <= now);
  return begun.reduce<Since | undefined>((latest, one) => (latest && Date.parse(latest.effectiveFrom) >= Date.parse(one.effectiveFrom) ? latest : one), undefined);
}
