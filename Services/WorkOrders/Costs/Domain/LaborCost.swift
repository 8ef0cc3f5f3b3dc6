import EventSchema
import Foundation
import Identifiers
import Money

/// What a person's time costs: the hourly rate, multiplied once by what its kind is worth.
enum LaborCost {
    /// The part of an entry that is paid in one way.
    enum Part: String, CaseIterable, Sendable {
        case regular, overtime, weekend, travel

        func seconds(of hours: LaborHours) -> Int64 {
            switch self {
            case .regular: hours.regular
            case .overtime: hours.overtime
            case .weekend: hours.weekend
            case .travel: hours.travel
            }
        }

        func rate(of card: RateCard) -> Amount? {
            let factor: Amount? =
                switch self {
                case .regular: nil
                case .overtime: card.overtime
                case .weekend: card.weekend
                case .travel: card.travel
                }
            guard let factor else { return card.hourlyRate }
            return Amount(rounding: card.hourlyRate.decimal * factor.decimal)
        }
    }

    /// The entries of the ledger for an entry of time, one for each part that there is. Hours have four digits after the point.
    static func entries(
        for labor: LaborEntry,
        on asset: AssetID,
        at card: RateCard,
        in currency: Currency,
        by user: UserID?,
        at now: Date
    ) throws(CostRefusal) -> [CostEntry] {
        var entries: [CostEntry] = []
        for part in Part.allCases {
            let hours = Decimal(part.seconds(of: labor.hours)) / 3600
            guard let quantity = Amount(rounding: hours), quantity != .zero else { continue }
            guard let rate = part.rate(of: card), let money = Money(quantity, at: rate, currency) else {
                throw .tooLarge
            }
            entries.append(
                CostEntry(
                    id: .new(),
                    tenant: labor.tenant,
                    workOrder: labor.workOrder,
                    site: labor.site,
                    asset: asset,
                    category: .labor,
                    description: part.rawValue,
                    quantity: quantity,
                    unit: "h",
                    unitRate: rate,
                    amount: money.amount,
                    currency: currency,
                    rateFrom: card.effectiveFrom,
                    exchangeRate: .one,
                    total: money.amount,
                    baseCurrency: currency,
                    source: .labor,
                    laborID: labor.id,
                    incurredAt: labor.startedAt,
                    bookedAt: now,
                    bookedBy: user
                )
            )
        }
        return entries
    }
}
