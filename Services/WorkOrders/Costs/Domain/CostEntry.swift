import EventSchema
import Foundation
import Identifiers
import Money

/// What a cost was booked for.
enum CostSource: String, Codable, CaseIterable, Sendable {
    /// Somebody has entered it.
    case manual
    /// Time that was recorded.
    case labor
    /// Parts that were used.
    case parts
}

/// An entry of the ledger. It is never changed: its rates are those of the moment when it was booked, whatever they are later.
struct CostEntry: Codable, Hashable, Sendable {
    var id: CostEntryID
    var tenant: TenantID
    var workOrder: WorkOrderID
    var site: SiteID
    var asset: AssetID
    var category: CostCategory
    var description: String
    /// Negative if it takes another entry back.
    var quantity: Amount
    var unit: String
    var unitRate: Amount
    /// The quantity at the rate, rounded to the currency's digits.
    var amount: Amount
    var currency: Currency
    /// Since when the rate of the hour had been valid.
    var rateFrom: Date?
    var exchangeRate: ExchangeRate
    /// Since when the exchange rate had been valid; `nil` in the tenant's own currency.
    var exchangedFrom: Date?
    /// In the tenant's currency.
    var total: Amount
    var baseCurrency: Currency
    var source: CostSource
    var laborID: LaborID?
    var partMovementID: PartMovementID?
    /// When the cost arose: it decides which rates are used.
    var incurredAt: Date
    /// The entry that this one takes back.
    var reverses: CostEntryID?
    var reason: String?
    var bookedAt: Date
    var bookedBy: UserID?
}

extension CostEntry {
    static let maximumDescription = 500

    /// The entry that takes this one back.
    func reversed(as id: CostEntryID, because reason: String, by user: UserID?, at now: Date) throws(CostRefusal)
        -> CostEntry
    {
        guard reverses == nil else { throw .isReversal }
        var reversal = self
        reversal.id = id
        reversal.quantity = -quantity
        reversal.amount = -amount
        reversal.total = -total
        reversal.reverses = self.id
        reversal.reason = reason
        reversal.bookedAt = now
        reversal.bookedBy = user
        return reversal
    }
}

/// The sum of a work order's entries of one category, in the tenant's currency.
struct CategoryTotal: Hashable, Sendable {
    var category: CostCategory
    var total: Amount
}

/// An entry's place in the ledger of its work order.
struct CostPosition: Codable, Sendable {
    var place: Int64
}
