import Foundation
import Identifiers
import Messaging
import Postgres

/// How much of the recorded time was booked, and how much is still not.
struct LaborBookings: Codable, Hashable, Sendable {
    var booked: Int
    var unbooked: Int
}

extension LaborStore {
    /// How many entries are booked at once.
    static let bookedAtOnce = 200

    /// Books time that was recorded when there was no rate for it, the earliest first. What still has none stays.
    func bookUnbooked(by act: Act, _ tx: Transaction) async throws -> LaborBookings {
        guard let tenant = act.tenant else { throw EventRefused("hours need a tenant") }
        let before = try await count(tenant, tx)
        let found = try await tx.query(
            """
            SELECT e.id, e.user_id FROM labor_entries e
            WHERE e.tenant_id = \(tenant) AND NOT e.is_booked AND e.removed_at IS NULL AND e.ended_at IS NOT NULL
                AND e.started_at >= (SELECT min(effective_from) FROM rate_cards WHERE tenant_id = \(tenant))
            ORDER BY e.started_at, e.id LIMIT \(Self.bookedAtOnce)
            """
        )
        try await lock(try found.map { try $0["user_id"] }, tx)
        // As they are now that nobody else changes them.
        let rows = try await tx.query(
            """
            SELECT e.*, w.asset_id FROM labor_entries e JOIN work_orders w ON w.id = e.work_order_id AND w.tenant_id = e.tenant_id
            WHERE e.id = ANY(\(PostgresArray(try found.map { try $0["id"] as LaborID }))) AND e.tenant_id = \(tenant)
                AND NOT e.is_booked AND e.removed_at IS NULL AND e.ended_at IS NOT NULL
            ORDER BY e.started_at, e.id
            """
        )
        for row in rows {
            let entry: LaborEntry = try row.decode()
            guard try await costs.follow(entry, on: try row["asset_id"], by: act, tx) else { continue }
            tx.later("UPDATE labor_entries SET is_booked = true WHERE id = \(entry.id) AND tenant_id = \(tenant)")
        }
        let after = try await count(tenant, tx)
        if after != before {
            try tx.record(
                Change("LABOR_BOOKED", "cost-rates", tenant, before: Count(before), after: Count(after)),
                by: act
            )
        }
        return LaborBookings(booked: before - after, unbooked: after)
    }

    private struct Count: Encodable {
        var unbooked: Int

        init(_ unbooked: Int) { self.unbooked = unbooked }
    }

    private func count(_ tenant: TenantID, _ tx: Transaction) async throws -> Int {
        Int(try await tx.first(Self.unbooked(of: tenant))?["count"] as Int64? ?? 0)
    }

    /// How many entries of a tenant are not booked.
    static func unbooked(of tenant: TenantID) -> SQL {
        """
        SELECT count(*) AS count FROM labor_entries
        WHERE tenant_id = \(tenant) AND NOT is_booked AND removed_at IS NULL AND ended_at IS NOT NULL
        """
    }

    /// Those of a work order that are not booked.
    static func unbooked(on order: WorkOrderID, _ tenant: TenantID) -> SQL {
        """
        SELECT id FROM labor_entries
        WHERE work_order_id = \(order) AND tenant_id = \(tenant) AND NOT is_booked AND removed_at IS NULL AND ended_at IS NOT NULL
        ORDER BY started_at, id LIMIT 100
        """
    }
}
