import Commands
import EventSchema
import Foundation
import Identifiers
import Money
import ServiceKit

/// An entry of the ledger as clients see it.
struct CostEntryResponse: Codable, Sendable {
    var id: CostEntryID
    var workOrderId: WorkOrderID
    var category: CostCategory
    /// Of time: `regular`, `overtime`, `weekend` or `travel`.
    var description: String
    var quantity: Amount
    var unit: String
    var unitRate: Money
    var amount: Money
    /// Since when the rate of the hour had been valid.
    var rateFrom: Date?
    var exchangeRate: ExchangeRate
    var exchangedFrom: Date?
    /// In the organization's currency.
    var total: Money
    var source: CostSource
    var laborId: LaborID?
    var partMovementId: PartMovementID?
    var incurredAt: Date
    /// The entry that this one takes back.
    var reverses: CostEntryID?
    var reason: String?
    /// Whether another entry takes it back.
    var isReversed: Bool
    var bookedAt: Date
    var bookedBy: UserID?

    init(_ entry: CostEntry, isReversed: Bool = false) {
        id = entry.id
        workOrderId = entry.workOrder
        category = entry.category
        description = entry.description
        quantity = entry.quantity
        unit = entry.unit
        unitRate = Money(entry.unitRate, entry.currency)
        amount = Money(entry.amount, entry.currency)
        rateFrom = entry.rateFrom
        exchangeRate = entry.exchangeRate
        exchangedFrom = entry.exchangedFrom
        total = Money(entry.total, entry.baseCurrency)
        source = entry.source
        laborId = entry.laborID
        partMovementId = entry.partMovementID
        incurredAt = entry.incurredAt
        reverses = entry.reverses
        reason = entry.reason
        self.isReversed = isReversed
        bookedAt = entry.bookedAt
        bookedBy = entry.bookedBy
    }
}

/// `GET /costs/workorders/{id}`: what a work order costs, and a page of what that is made of.
struct WorkOrderCostsResponse: Answer, Codable {
    struct OfCategory: Codable {
        var category: CostCategory
        var total: Money
    }

    var workOrderId: WorkOrderID
    /// What the work is expected to cost; absent if nobody has said so.
    var estimate: CostEstimateResponse?
    /// The sum of all entries; absent until the organization has set its currency.
    var total: Money?
    var categories: [OfCategory]
    /// Recorded time that is not booked, for want of a rate: the first hundred.
    var unbookedLabor: [LaborID]
    /// Used parts that are not booked, because nobody has said what a piece costs, or for want of an exchange rate: the first hundred.
    var unbookedParts: [PartMovementID]
    var items: [CostEntryResponse]
    var nextCursor: String?

    init(_ order: WorkOrderID, _ costs: CostsOfOrder, limit: Int) throws {
        workOrderId = order
        estimate = try costs.estimate.map { try CostEstimateResponse($0) }
        if let currency = costs.currency {
            let sum = try costs.categories.reduce(Amount.zero) { sum, category in
                guard let next = sum.adding(category.total) else { throw CostRefusal.tooLarge }
                return next
            }
            total = Money(sum, currency)
            categories = costs.categories.map { OfCategory(category: $0.category, total: Money($0.total, currency)) }
        } else {
            categories = []
        }
        unbookedLabor = costs.unbooked
        unbookedParts = costs.unbookedParts
        let shown = costs.entries.prefix(limit)
        let last = shown.last.map { CostPosition(place: $0.place) }
        let page = try Page(
            shown.map { CostEntryResponse($0.entry, isReversed: $0.isReversed) },
            hasMore: costs.entries.count > limit
        ) { _ in last }
        (items, nextCursor) = (page.items, page.nextCursor)
    }
}

/// What a work order is expected to cost, as clients see it.
struct CostEstimateResponse: Answer, Codable {
    struct Item: Codable {
        var category: CostCategory
        var amount: Money
    }

    var items: [Item]
    var total: Money
    var setAt: Date
    var setBy: UserID

    init(_ estimate: CostEstimate) throws(CostRefusal) {
        items = estimate.items.map { Item(category: $0.category, amount: Money($0.amount, estimate.currency)) }
        total = Money(try estimate.total(), estimate.currency)
        setAt = estimate.setAt
        setBy = estimate.setBy
    }
}

/// The estimate of a work order after a change; without one if it was taken back.
struct EstimateOfOrderResponse: Answer, Codable {
    var workOrderId: WorkOrderID
    var estimate: CostEstimateResponse?
}

/// A tenant's rates as clients see them.
struct RatesResponse: Answer, Codable, Versioned {
    struct Card: Codable {
        var effectiveFrom: Date
        var hourlyRate: Money
        var overtime: Amount
        var weekend: Amount
        var travel: Amount
    }

    struct Exchange: Codable {
        var currency: Currency
        var effectiveFrom: Date
        var rate: ExchangeRate
    }

    /// The organization's currency; absent until it is set.
    var currency: Currency?
    var cards: [Card]
    var exchangeRates: [Exchange]
    /// How many entries of recorded time are not booked.
    var unbookedLabor: Int
    var version: Int64

    init(_ rates: CostRates) {
        currency = rates.currency
        cards =
            rates.currency.map { currency in
                rates.cards.map {
                    Card(
                        effectiveFrom: $0.effectiveFrom,
                        hourlyRate: Money($0.hourlyRate, currency),
                        overtime: $0.overtime,
                        weekend: $0.weekend,
                        travel: $0.travel
                    )
                }
            } ?? []
        exchangeRates = rates.exchangeRates.map {
            Exchange(currency: $0.currency, effectiveFrom: $0.effectiveFrom, rate: $0.rate)
        }
        unbookedLabor = rates.unbooked
        version = rates.version
    }
}

extension LaborBookings: Answer {}
