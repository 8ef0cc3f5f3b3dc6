import EventSchema
import Foundation
import Identifiers
import Postgres

/// Drops the months of the audit log whose time is over, and keeps a signed cut of each chain.
struct AuditCuts: Sendable {
    let database: Database
    let key: AuditKey

    /// What was done.
    struct Outcome: Hashable, Sendable {
        /// How many months were dropped.
        var dropped = 0
        /// The first month that a legal hold keeps beyond its time, with all behind it.
        var held: String?
    }

    /// Drops all months whose time is over, the oldest first, up to the first that a legal hold covers. Safe of several instances at once.
    func dropExpired(at now: Date) async throws -> Outcome {
        var outcome = Outcome()
        for row in try await database.query("SELECT month::text AS month, is_held FROM expired_audit_months()") {
            let month: String = try row["month"]
            guard try !row["is_held"] else {
                outcome.held = month
                break
            }
            guard try await drop(month, at: now) else { break }
            outcome.dropped += 1
        }
        return outcome
    }

    /// Signs the end of each chain in the month, and drops it: all of it or nothing.
    private func drop(_ month: String, at now: Date) async throws -> Bool {
        let chains = try await AuditReader(database: database).chains()
        return try await database.transaction { tx in
            // The lock that the functions of the database take for partitions, before any row: of two instances, one waits for the other.
            try await tx.execute("SELECT pg_advisory_xact_lock(\(Int64(0x61_7564_74)))")
            for tenant in chains {
                tx.enter(tenant.map { .of($0) } ?? .noTenant)
                guard let cut = try await cut(tenant, month, at: now, tx) else { continue }
                // The database's clock may be a little ahead: then in an hour.
                guard cut.isDue else { return false }
                let signed = try key.sign(cut)
                tx.later(
                    """
                    INSERT INTO audit_cuts (tenant_id, entries, hash, recorded_at, at, kid, signature)
                    VALUES (\(tenant), \(cut.entries), \(cut.hash), \(cut.recordedAt), \(cut.at), \(cut.kid), \(signed.signature))
                    ON CONFLICT DO NOTHING
                    """
                )
            }
            tx.enter(.noTenant)
            let row = try await tx.first("SELECT drop_audit_partition(\(month)::text::date) AS is_dropped")
            return try row?["is_dropped"] ?? false
        }
    }

    private func cut(_ tenant: TenantID?, _ month: String, at now: Date, _ tx: Transaction) async throws -> AuditCut? {
        let row = try await tx.first(
            """
            SELECT id, hash, recorded_at FROM audit_log WHERE tenant_id IS NOT DISTINCT FROM \(tenant)
                AND recorded_at < ((\(month)::text::date + interval '1 month')::timestamp AT TIME ZONE 'UTC')
            ORDER BY id DESC LIMIT 1
            """
        )
        guard let row else { return nil }
        let last = AuditHead(entries: try row["id"], hash: try row["hash"], recordedAt: try row["recorded_at"])
        return AuditCut(tenant: tenant, after: last, at: now, kid: key.kid)
    }

    /// The cuts of a chain, the newest first. Normally there is one at most: a newer one replaces those before.
    static func list(
        _ database: Database,
        of tenant: TenantID?,
        before: Int64? = nil,
        limit: Int
    ) async throws -> [SignedCut] {
        let conditions = SQL.all([
            "tenant_id IS NOT DISTINCT FROM \(tenant)", before.map { "entries < \($0)" },
        ])
        let rows = try await database.with(tenant.map { .of($0) } ?? .noTenant).query(
            """
            SELECT c.*, k.public_key FROM audit_cuts c JOIN audit_keys k USING (kid)
            WHERE \(sql: conditions) ORDER BY entries DESC LIMIT \(limit)
            """
        )
        return try rows.map { row in
            SignedCut(
                cut: AuditCut(
                    tenant: tenant,
                    entries: try row["entries"],
                    hash: try row["hash"],
                    recordedAt: try row["recorded_at"],
                    at: try row["at"],
                    kid: try row["kid"]
                ),
                publicKey: try row["public_key"],
                signature: try row["signature"]
            )
        }
    }
}
