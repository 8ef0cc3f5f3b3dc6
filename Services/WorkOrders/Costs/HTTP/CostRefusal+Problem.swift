import Commands
import HTTPTypes
import Money
import ServiceKit

extension CostRefusal: ProblemConvertible {
    var problem: Problem {
        switch self {
        case .unknownEntry: .notFound("cost entry")
        case .noRates: Problem(.conflict, "no_rates", "the organization must set its currency and its rates first")
        case .noExchangeRate(let currency):
            .field(
                "currency",
                FieldRule(
                    problem: "no_exchange_rate",
                    "there is no exchange rate of \(currency) for this moment",
                    ["currency": currency.code]
                )
            )
        case .currencyFixed(let currency):
            .field(
                "currency",
                FieldRule(
                    problem: "currency_fixed",
                    "costs are booked in \(currency) already",
                    ["currency": currency.code]
                )
            )
        case .tooLarge: .field("unitRate", FieldRule(problem: "amount_too_large", "the amount is too large"))
        case .inFuture: .field("incurredAt", .notInPast)
        case .isDraft: Problem(.conflict, "is_draft", "a draft has no costs: submit it first")
        case .isReversal:
            Problem(.conflict, "entry_is_reversal", "this entry takes another one back: book the cost anew")
        case .alreadyReversed: Problem(.conflict, "entry_reversed", "this entry was taken back already")
        case .isOfLabor:
            Problem(.conflict, "entry_of_labor", "this entry follows from recorded time: correct the time instead")
        case .isOfParts:
            Problem(.conflict, "entry_of_parts", "this entry follows from used parts: take their use back instead")
        case .tooMany:
            Problem(
                .conflict,
                "too_many_cost_entries",
                "a work order has at most \(CostStore.maximumEntries) entries that people made",
                ["maximum": "\(CostStore.maximumEntries)"]
            )
        case .stale(let current):
            Problem(
                .conflict,
                "stale_version",
                "somebody else has changed the rates: read them again",
                currentVersion: current
            )
        }
    }
}
