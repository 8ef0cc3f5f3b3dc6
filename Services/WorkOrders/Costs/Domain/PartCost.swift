import EventSchema
import Foundation
import Identifiers
import Money

/// What used pieces of a part cost.
enum PartCost {
    /// - Parameters:
    ///   - unitCost: Of a piece, in `currency`.
    ///   - base: The tenant's currency.
    ///   - exchange: The rate of the currency when they were used; `nil` in the tenant's own currency.
    static func entry(
        for movement: PartMovement,
        of part: WorkPart,
        on order: WorkOrder,
        at unitCost: Amount,
        _ currency: Currency,
        in base: Currency,
        _ exchange: CurrencyRate?
    ) throws(CostRefusal) -> CostEntry {
        let rate = exchange?.rate ?? .one
        guard let money = Money(movement.quantity, at: unitCost, currency),
            let total = money.exchanged(at: rate, into: base)
        else { throw .tooLarge }
        return CostEntry(
            id: .new(),
            tenant: order.tenant,
            workOrder: order.id,
            site: order.site,
            asset: order.asset,
            category: .parts,
            description: "\(part.number) \(part.name)",
            quantity: movement.quantity,
            unit: part.unit,
            unitRate: unitCost,
            amount: money.amount,
            currency: currency,
            exchangeRate: rate,
            exchangedFrom: exchange?.effectiveFrom,
            total: total.amount,
            baseCurrency: base,
            source: .parts,
            partMovementID: movement.id,
            incurredAt: movement.movedAt,
            bookedAt: movement.recordedAt,
            bookedBy: movement.recordedBy
        )
    }
}
