import EventSchema
import Foundation
import Identifiers
import Messaging
import Money
import Postgres

/// The ledger of what work costs in PostgreSQL: entries are added, never changed.
struct CostStore: Sendable {
    let database: Database

    /// Entries of one work order.
    static let maximumEntries = 5000

    /// Books what somebody enters, on a work order that is held.
    func book(_ cost: BookCost, on order: WorkOrder, by act: Act, _ tx: Transaction) async throws -> CostEntry {
        guard let user = act.user else { throw EventRefused("a cost that is entered needs a person") }
        let base = try await currency(of: order.tenant, tx)
        let entry = try cost.entry(
            id: .new(),
            on: order,
            in: base,
            try await exchangeRate(
                of: cost.currency ?? base,
                into: base,
                at: cost.incurredAt ?? act.time,
                order.tenant,
                tx
            ),
            by: user,
            at: act.time
        )
        try await requireSpace(on: order, tx)
        try insert(entry, tx)
        let change = try Change("COST_ENTRY_CREATED", "cost-entry", entry.id, before: nil, after: entry)
        try tx.record(change, [WorkOrderCostBooked(entry)], by: act)
        return entry
    }

    /// Takes back an entry of a work order that is held.
    func reverse(
        _ id: CostEntryID,
        of order: WorkOrder,
        _ reversal: ReverseCost,
        by act: Act,
        _ tx: Transaction
    ) async throws -> CostEntry {
        let row = try await tx.first(
            """
            SELECT *, EXISTS (SELECT FROM cost_entries r WHERE r.reverses = c.id AND r.tenant_id = c.tenant_id) AS is_reversed
            FROM cost_entries c WHERE id = \(id) AND work_order_id = \(order.id) AND tenant_id = \(order.tenant)
            """
        )
        guard let row else { throw CostRefusal.unknownEntry }
        let entry = try row.decode(CostEntry.self)
        guard entry.source != .labor else { throw CostRefusal.isOfLabor }
        guard entry.source != .parts else { throw CostRefusal.isOfParts }
        let opposite = try entry.reversed(as: .new(), because: reversal.reason, by: act.user, at: act.time)
        guard try !row["is_reversed"] else { throw CostRefusal.alreadyReversed }
        try await requireSpace(on: order, tx)
        try insert(opposite, tx)
        let change = try Change("COST_ENTRY_REVERSED", "cost-entry", entry.id, before: entry, after: opposite)
        try tx.record(change, [WorkOrderCostBooked(opposite)], by: act)
        return opposite
    }

    /// Books what an entry of time costs now, and takes back what it cost before. Whoever calls this holds the lock of the person, so nobody else
    /// books the same time.
    ///
    /// - Returns: Whether it is booked: not while its clock runs, and not as long as no rate is known for when it began.
    func follow(_ labor: LaborEntry, on asset: AssetID, by act: Act, _ tx: Transaction) async throws -> Bool {
        let booked: [CostEntry] = try await tx.query(
            """
            SELECT * FROM cost_entries c WHERE labor_id = \(labor.id) AND tenant_id = \(labor.tenant) AND reverses IS NULL
                AND NOT EXISTS (SELECT FROM cost_entries r WHERE r.reverses = c.id AND r.tenant_id = c.tenant_id)
            ORDER BY id
            """
        ).decode()
        let price = try await price(of: labor, tx)
        let isEnded = labor.endedAt != nil && labor.removedAt == nil
        var entries = try booked.map {
            try $0.reversed(
                as: .new(),
                because: labor.correctionReason ?? "Other time of the same day was recorded",
                by: act.user,
                at: act.time
            )
        }
        if isEnded, let price {
            entries += try LaborCost.entries(
                for: labor,
                on: asset,
                at: price.card,
                in: price.currency,
                by: act.user,
                at: act.time
            )
        }
        for entry in entries { try insert(entry, tx) }
        try tx.publish(entries.map(WorkOrderCostBooked.init), by: act)
        return isEnded && price != nil
    }

    /// Books what used pieces cost, or takes it back with their movement, on a work order that is held. What a piece costs, or what its currency is
    /// worth, may not be known: then there is no entry.
    func follow(_ movement: PartMovement, of part: WorkPart, on order: WorkOrder, by act: Act, _ tx: Transaction)
        async throws
    {
        guard movement.kind == .used else { return }
        let entry: CostEntry
        if let reversed = movement.reverses {
            let row = try await tx.first(
                "SELECT * FROM cost_entries WHERE part_movement_id = \(reversed) AND tenant_id = \(order.tenant)"
            )
            guard let booked = try row?.decode(CostEntry.self) else { return }
            var opposite = try booked.reversed(
                as: .new(),
                because: movement.note ?? "",
                by: act.user,
                at: act.time
            )
            opposite.partMovementID = movement.id
            entry = opposite
        } else {
            guard let unitCost = movement.unitCost, let currency = movement.currency else { return }
            guard let base = try await knownCurrency(of: order.tenant, tx) else { return }
            let exchange = try await knownExchangeRate(of: currency, into: base, at: movement.movedAt, order.tenant, tx)
            guard currency == base || exchange != nil else { return }
            entry = try PartCost.entry(for: movement, of: part, on: order, at: unitCost, currency, in: base, exchange)
        }
        try insert(entry, tx)
        try tx.publish([WorkOrderCostBooked(entry)], by: act)
    }

    // MARK: - Rates

    /// The tenant's currency, which stays what it is until the transaction ends.
    private func currency(of tenant: TenantID, _ tx: Transaction) async throws -> Currency {
        guard let currency = try await knownCurrency(of: tenant, tx) else { throw CostRefusal.noRates }
        return currency
    }

    /// The same; `nil` before it is set.
    func knownCurrency(of tenant: TenantID, _ tx: Transaction) async throws -> Currency? {
        try await tx.first("SELECT currency FROM cost_rates WHERE tenant_id = \(tenant) FOR SHARE")?["currency"]
    }

    /// What counts for an entry of time; `nil` without a rate for when it began.
    private func price(of labor: LaborEntry, _ tx: Transaction) async throws -> (card: RateCard, currency: Currency)? {
        let row = try await tx.first(
            """
            SELECT c.*, r.currency FROM cost_rates r JOIN rate_cards c ON c.tenant_id = r.tenant_id
            WHERE r.tenant_id = \(labor.tenant) AND c.effective_from <= \(labor.startedAt)
            ORDER BY c.effective_from DESC LIMIT 1 FOR SHARE OF r
            """
        )
        guard let row else { return nil }
        return (try row.decode(), try row["currency"])
    }

    private func exchangeRate(
        of currency: Currency,
        into base: Currency,
        at moment: Date,
        _ tenant: TenantID,
        _ tx: Transaction
    ) async throws -> CurrencyRate? {
        guard currency != base else { return nil }
        let known = try await knownExchangeRate(of: currency, into: base, at: moment, tenant, tx)
        guard let known else { throw CostRefusal.noExchangeRate(currency) }
        return known
    }

    /// The rate of a currency at a moment; `nil` if there is none, and of the tenant's own currency.
    private func knownExchangeRate(
        of currency: Currency,
        into base: Currency,
        at moment: Date,
        _ tenant: TenantID,
        _ tx: Transaction
    ) async throws -> CurrencyRate? {
        guard currency != base else { return nil }
        return try await tx.first(
            """
            SELECT * FROM exchange_rates
            WHERE tenant_id = \(tenant) AND currency = \(currency) AND effective_from <= \(moment)
            ORDER BY effective_from DESC LIMIT 1
            """
        )?.decode()
    }

    // MARK: - Writing

    private func requireSpace(on order: WorkOrder, _ tx: Transaction) async throws {
        let row = try await tx.first(
            """
            SELECT count(*) AS count FROM cost_entries
            WHERE work_order_id = \(order.id) AND tenant_id = \(order.tenant) AND source = 'manual'
            """
        )
        guard Int(try row?["count"] as Int64? ?? 0) < Self.maximumEntries else { throw CostRefusal.tooMany }
    }

    private func insert(_ entry: CostEntry, _ tx: Transaction) throws {
        tx.later(try .insert("cost_entries", entry))
        tx.later(BudgetStore.mark(entry.site, entry.tenant))
    }
}

extension WorkOrderCostBooked {
    init(_ entry: CostEntry) {
        self.init(
            entry: entry.id,
            workOrder: entry.workOrder,
            tenant: entry.tenant,
            site: entry.site,
            asset: entry.asset,
            category: entry.category,
            total: Money(entry.total, entry.baseCurrency).text,
            currency: entry.baseCurrency.code,
            reverses: entry.reverses,
            incurredAt: entry.incurredAt,
            by: entry.bookedBy,
            at: entry.bookedAt
        )
    }
}
