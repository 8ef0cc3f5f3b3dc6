import Commands
import EventSchema
import Foundation
import Identifiers
import Money

/// Books a cost on a work order. What people's time costs follows from the time itself.
struct BookCost: Input {
    enum Category: String, CaseIterable, Codable, Sendable {
        case parts, services, overhead, other
    }

    var category: Category
    var description: String
    var quantity: Amount?
    var unit: String?
    var unitRate: Amount
    var currency: Currency?
    var incurredAt: Date?

    static let rules: Rules = [
        "category": .means("What it is for"),
        "description": .line(1...CostEntry.maximumDescription).means("What was paid for").example("Crane, two days"),
        "quantity": .amount(Self.least...Self.most, example: "2").means("How many units; the default is 1"),
        "unit": .line(1...20).means("What is counted, such as `pcs` or `day`; the default is `pcs`").example("day"),
        "unitRate": .amount(Amount.zero...Self.most, example: "850.00").means("What one unit costs"),
        "currency": .currency.means("Of the unit's rate; the default is the organization's currency"),
        "incurredAt": .means("When the cost arose, which decides the exchange rate; the default is now"),
    ]

    private static let least = Amount("0.0001") ?? .zero
    private static let most = Amount("999999999.9999") ?? .zero

    /// - Parameters:
    ///   - base: The tenant's currency.
    ///   - exchange: The rate of the cost's currency when it arose; `nil` in the tenant's own currency.
    func entry(
        id: CostEntryID,
        on order: WorkOrder,
        in base: Currency,
        _ exchange: CurrencyRate?,
        by user: UserID,
        at now: Date
    ) throws(CostRefusal) -> CostEntry {
        guard order.phase != .draft else { throw .isDraft }
        guard incurredAt ?? now <= now else { throw .inFuture }
        let currency = currency ?? base
        let quantity = quantity ?? Amount("1") ?? .zero
        let rate = exchange?.rate ?? .one
        guard let money = Money(quantity, at: unitRate, currency), let total = money.exchanged(at: rate, into: base)
        else {
            throw .tooLarge
        }
        return CostEntry(
            id: id,
            tenant: order.tenant,
            workOrder: order.id,
            site: order.site,
            asset: order.asset,
            category: CostCategory(rawValue: category.rawValue) ?? .other,
            description: description,
            quantity: quantity,
            unit: unit ?? "pcs",
            unitRate: unitRate,
            amount: money.amount,
            currency: currency,
            exchangeRate: rate,
            exchangedFrom: exchange?.effectiveFrom,
            total: total.amount,
            baseCurrency: base,
            source: .manual,
            incurredAt: incurredAt ?? now,
            bookedAt: now,
            bookedBy: user
        )
    }
}

/// Takes an entry of the ledger back.
struct ReverseCost: Input {
    var reason: String

    static let rules: Rules = ["reason": .text(1...2000).means("Why; it is kept in the ledger")]
}
