import Commands
import Foundation
import Identifiers
import Money

/// What an hour costs a tenant, from a moment on.
struct RateCard: Codable, Hashable, Sendable {
    var effectiveFrom: Date
    var hourlyRate: Amount
    /// By what the hourly rate is multiplied, once, for each kind of hour.
    var overtime: Amount
    var weekend: Amount
    var travel: Amount
}

/// What one unit of another currency is worth in the tenant's, from a moment on.
struct CurrencyRate: Codable, Hashable, Sendable {
    var currency: Currency
    var effectiveFrom: Date
    var rate: ExchangeRate
}

/// A tenant's rates. There are none until somebody sets them.
struct CostRates: Codable, Hashable, Sendable {
    /// The currency in which the tenant counts; `nil` until it is set.
    var currency: Currency?
    var cards: [RateCard] = []
    var exchangeRates: [CurrencyRate] = []
    /// Hours that ended and are not booked, for want of a rate.
    var unbooked = 0
    /// Counts the changes: 0 while there are no rates.
    var version: Int64 = 0
}

/// Sets a tenant's rates. What is booked keeps the rates that it was booked at.
struct SetCostRates: Input {
    struct Card: Input {
        var effectiveFrom: Date
        var hourlyRate: Amount
        var overtime: Amount?
        var weekend: Amount?
        var travel: Amount?

        static let rules: Rules = [
            "effectiveFrom": .means("From when on it counts, for hours that begin then or later"),
            "hourlyRate": .amount(Amount.zero...CostRates.maximumRate, example: "45.00").means(
                "What a regular hour costs, in the organization's currency"
            ),
            "overtime": .amount(Amount.zero...CostRates.maximumFactor, example: "1.5").means(
                "By what the hourly rate is multiplied for overtime; the default is 1.5"
            ),
            "weekend": .amount(Amount.zero...CostRates.maximumFactor, example: "2.0").means(
                "The same for Saturdays and Sundays; the default is 2.0"
            ),
            "travel": .amount(Amount.zero...CostRates.maximumFactor, example: "1.0").means(
                "The same for travel; the default is 1.0"
            ),
        ]
    }

    struct Exchange: Input {
        var currency: Currency
        var effectiveFrom: Date
        var rate: ExchangeRate

        static let rules: Rules = [
            "currency": .currency.means("Another currency"),
            "effectiveFrom": .means("From when on it counts, for costs that arose then or later"),
            "rate": .exchangeRate.means("What one unit of it is worth in the organization's currency"),
        ]
    }

    var currency: Currency
    var cards: [Card]
    var exchangeRates: [Exchange]?
    /// The version that the caller has seen; `nil` changes any version.
    var version: Int64?

    static let rules: Rules = [
        "currency": .currency.means(
            "The currency in which the organization counts; it can't be changed once something is estimated, booked or budgeted"
        ),
        "cards": .items(0...CostRates.maximumCards).means("What an hour costs, each from a moment on"),
        "exchangeRates": .items(0...CostRates.maximumExchangeRates).means(
            "What other currencies are worth, each from a moment on"
        ),
        "version": .whole(0...Int64.max).means(
            "The version that the client read last; another current version is a conflict"
        ),
    ]

    func check(_ errors: inout FieldErrors) {
        let moments = Set(cards.map(\.effectiveFrom))
        errors.require(moments.count == cards.count, "cards", .duplicate("must not have a moment twice"))
        let exchanges = exchangeRates ?? []
        let known = Set(exchanges.map { "\($0.currency) \($0.effectiveFrom.timeIntervalSince1970)" })
        errors.require(
            known.count == exchanges.count,
            "exchangeRates",
            .duplicate("must not have a currency and a moment twice")
        )
        for (index, exchange) in exchanges.enumerated() {
            errors.require(
                exchange.currency != currency,
                "exchangeRates[\(index)].currency",
                .differs(from: "currency")
            )
        }
    }

    func rates(after before: CostRates) -> CostRates {
        CostRates(
            currency: currency,
            cards: cards.map {
                RateCard(
                    effectiveFrom: $0.effectiveFrom,
                    hourlyRate: $0.hourlyRate,
                    overtime: $0.overtime ?? CostRates.overtime,
                    weekend: $0.weekend ?? CostRates.weekend,
                    travel: $0.travel ?? CostRates.travel
                )
            }.sorted { $0.effectiveFrom < $1.effectiveFrom },
            exchangeRates: (exchangeRates ?? []).map {
                CurrencyRate(currency: $0.currency, effectiveFrom: $0.effectiveFrom, rate: $0.rate)
            }.sorted { ($0.currency.code, $0.effectiveFrom) < ($1.currency.code, $1.effectiveFrom) },
            unbooked: before.unbooked,
            version: before.version + 1
        )
    }
}

extension CostRates {
    static let maximumCards = 100
    static let maximumExchangeRates = 1000
    fileprivate static let maximumRate = Amount(1_000_000_000) ?? .zero
    fileprivate static let maximumFactor = Amount(10) ?? .zero
    fileprivate static let overtime = Amount("1.5") ?? .zero
    fileprivate static let weekend = Amount("2") ?? .zero
    fileprivate static let travel = Amount("1") ?? .zero
}
