import Foundation
import Identifiers
import Messaging
import Postgres

/// Legal holds in PostgreSQL. Both a hold and its release are only added.
struct LegalHolds: Sendable {
    let database: Database

    /// Whether one covers a tenant.
    static func exist(for tenant: TenantID, _ tx: Transaction) async throws -> Bool {
        try await tx.first("\(sql: selection) AND (h.tenant_id = \(tenant) OR h.tenant_id IS NULL) LIMIT 1") != nil
    }

    /// Those of a tenant and of every tenant, the newest first, also those that were released.
    func list(of tenant: TenantID, before: Date?, limit: Int) async throws -> [LegalHold] {
        let conditions = SQL.all([
            "(h.tenant_id = \(tenant) OR h.tenant_id IS NULL)", before.map { "h.placed_at < \($0)" },
        ])
        return try await database.of(tenant).query(
            "\(sql: Self.columns) WHERE \(sql: conditions) ORDER BY h.placed_at DESC LIMIT \(limit)"
        ).decode()
    }

    /// - Throws: ``Refusal/tooManyLegalHolds``.
    func place(_ hold: LegalHold, by act: Act, _ tx: Transaction) async throws {
        // Of two at the same time the second one counts the first; and an erasure waits, or comes first.
        try await Administrators.lock(act.tenant, tx)
        let count = try await tx.first("SELECT count(*) AS count FROM (\(sql: Self.selection)) open")
        guard try count?["count"] ?? Int64(0) < LegalHold.most else { throw Refusal.tooManyLegalHolds }
        enter(hold, tx)
        try await tx.execute(
            """
            INSERT INTO legal_holds (id, tenant_id, reason, placed_by, placed_at)
            VALUES (\(hold.id), \(hold.tenant), \(hold.reason), \(hold.placedBy), \(hold.placedAt))
            """
        )
        tx.enter(act.access)
        try tx.record(Change("LEGAL_HOLD_CREATED", "legal-hold", hold.id, before: nil, after: hold.record), by: act)
    }

    /// - Parameter check: Gets the hold as it is.
    /// - Throws: ``Refusal/unknownLegalHold``, ``Refusal/legalHoldReleased``.
    func release(
        _ id: LegalHoldID,
        because reason: String,
        by act: Act,
        _ tx: Transaction,
        _ check: (LegalHold) throws -> Void
    ) async throws -> LegalHold {
        try await Administrators.lock(act.tenant, tx)
        let before: LegalHold? = try await tx.first("\(sql: Self.columns) WHERE h.id = \(id)")?.decode()
        guard let before else { throw Refusal.unknownLegalHold }
        try check(before)
        guard before.releasedAt == nil else { throw Refusal.legalHoldReleased }
        var hold = before
        (hold.releaseReason, hold.releasedBy, hold.releasedAt) = (reason, act.user, act.time)
        enter(hold, tx)
        let added = try await tx.execute(
            """
            INSERT INTO legal_hold_releases (hold_id, tenant_id, reason, released_by, released_at)
            VALUES (\(id), \(hold.tenant), \(reason), \(hold.releasedBy), \(hold.releasedAt)) ON CONFLICT DO NOTHING
            """
        )
        // Two people of different tenants may release one of every tenant.
        guard added == 1 else { throw Refusal.legalHoldReleased }
        tx.enter(act.access)
        try tx.record(
            Change("LEGAL_HOLD_RELEASED", "legal-hold", id, before: before.record, after: hold.record),
            by: act
        )
        return hold
    }

    /// A row is written by a transaction of its tenant, or of none.
    private func enter(_ hold: LegalHold, _ tx: Transaction) { tx.enter(hold.tenant.map { .of($0) } ?? .noTenant) }

    /// Those that count.
    private static let selection: SQL = """
        SELECT 1 FROM legal_holds h WHERE NOT EXISTS (SELECT FROM legal_hold_releases r WHERE r.hold_id = h.id)
        """

    private static let columns: SQL = """
        SELECT h.*, r.reason AS release_reason, r.released_by, r.released_at
        FROM legal_holds h LEFT JOIN legal_hold_releases r ON r.hold_id = h.id
        """
}
