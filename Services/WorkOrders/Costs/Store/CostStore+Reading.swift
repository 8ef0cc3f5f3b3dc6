import Access
import AccessSQL
import EventSchema
import Foundation
import Identifiers
import Money
import Postgres

/// What the ledger says of a work order.
struct CostsOfOrder: Sendable {
    /// `nil` while there are no rates.
    var currency: Currency?
    var categories: [CategoryTotal] = []
    /// One more than was asked for, if there is another page.
    var entries: [(entry: CostEntry, isReversed: Bool, place: Int64)] = []
    var estimate: CostEstimate?
    /// Hours that are not booked for want of a rate, the first hundred.
    var unbooked: [LaborID] = []
    /// Used parts that are not booked for want of a cost or a rate, the first hundred.
    var unbookedParts: [PartMovementID] = []
}

extension CostStore {
    /// - Parameters:
    ///   - reach: Where the caller sees all costs.
    ///   - parts: Where they see those of parts.
    func costs(
        of order: WorkOrderID,
        tenant: TenantID,
        within reach: Reach,
        orPartsWithin parts: Reach,
        after: CostPosition?,
        limit: Int
    ) async throws -> CostsOfOrder {
        let row = try await database.of(tenant).first(
            """
            SELECT COALESCE(\(sql: reach.condition(.workOrders)), false) AS is_within FROM work_orders
            WHERE id = \(order) AND tenant_id = \(tenant)
                AND (\(sql: reach.condition(.workOrders)) OR \(sql: parts.condition(.workOrders)))
            """
        )
        guard let row else { throw Refusal.unknown(order) }
        let seesAll: Bool = try row["is_within"]
        let isShown = SQL.all([
            "work_order_id = \(order)", "tenant_id = \(tenant)", seesAll ? nil : "category = 'parts'",
        ])
        let found = try await database.of(tenant).pipeline([
            "SELECT currency FROM cost_rates WHERE tenant_id = \(tenant)",
            """
            SELECT category, sum(total)::numeric(19, 4) AS total FROM cost_entries WHERE \(sql: isShown)
            GROUP BY category ORDER BY category
            """,
            """
            SELECT *, EXISTS (SELECT FROM cost_entries r WHERE r.reverses = c.id AND r.tenant_id = c.tenant_id) AS is_reversed
            FROM cost_entries c
            WHERE \(sql: isShown) AND \(sql: after.map { "place > \($0.place)" } ?? "true")
            ORDER BY place LIMIT \(limit + 1)
            """,
            LaborStore.unbooked(on: order, tenant),
            PartStore.unbooked(on: order, tenant),
            Self.estimate(of: order, tenant),
        ])
        let currency: Currency? = try found[0].first?["currency"]
        return CostsOfOrder(
            currency: currency,
            categories: try found[1].map { CategoryTotal(category: try $0["category"], total: try $0["total"]) },
            entries: try found[2].map { (try $0.decode(), try $0["is_reversed"], try $0["place"]) },
            estimate: seesAll ? try Self.estimate(found[5], in: currency) : nil,
            unbooked: seesAll ? try found[3].map { try $0["id"] } : [],
            unbookedParts: try found[4].map { try $0["id"] }
        )
    }
}

extension CostEntry: Record {
    static let columnNames = [
        "tenant": "tenant_id", "workOrder": "work_order_id", "site": "site_id", "asset": "asset_id",
        "laborID": "labor_id", "partMovementID": "part_movement_id",
    ]
}

extension CostEntry: RowReadable {
    init(from row: inout RowReader) throws {
        self.init(
            id: try row.read("id"),
            tenant: try row.read("tenant_id"),
            workOrder: try row.read("work_order_id"),
            site: try row.read("site_id"),
            asset: try row.read("asset_id"),
            category: try row.read("category"),
            description: try row.read("description"),
            quantity: try row.read("quantity"),
            unit: try row.read("unit"),
            unitRate: try row.read("unit_rate"),
            amount: try row.read("amount"),
            currency: try row.read("currency"),
            rateFrom: try row.read("rate_from"),
            exchangeRate: try row.read("exchange_rate"),
            exchangedFrom: try row.read("exchanged_from"),
            total: try row.read("total"),
            baseCurrency: try row.read("base_currency"),
            source: try row.read("source"),
            laborID: try row.read("labor_id"),
            partMovementID: try row.read("part_movement_id"),
            incurredAt: try row.read("incurred_at"),
            reverses: try row.read("reverses"),
            reason: try row.read("reason"),
            bookedAt: try row.read("booked_at"),
            bookedBy: try row.read("booked_by")
        )
    }
}

extension CostSource: PostgresEncodable, PostgresDecodable {}
