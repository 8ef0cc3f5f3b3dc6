import Foundation
import Identifiers
import Messaging
import Postgres

/// The signed checkpoints in PostgreSQL.
struct AuditCheckpoints: Sendable {
    let database: Database
    let key: AuditKey

    /// The newest key; the first start makes it.
    static func key(_ database: Database, at now: Date) async throws -> AuditKey {
        try await database.transaction { tx in
            // Of several instances that start together, one makes the key and the others find it.
            try await tx.execute("SELECT pg_advisory_xact_lock(\(Int64(0x6b_6579)))")
            if let row = try await tx.first("SELECT * FROM audit_keys ORDER BY created_at DESC LIMIT 1") {
                return try row.decode()
            }
            let key = AuditKey.generate(at: now)
            try await tx.execute(.insert("audit_keys", key))
            return key
        }
    }

    /// All public keys, the newest first.
    static func publicKeys(_ database: Database) async throws -> [(kid: String, publicKey: [UInt8], createdAt: Date)] {
        try await database.query("SELECT kid, public_key, created_at FROM audit_keys ORDER BY created_at DESC").map {
            (try $0["kid"], try $0["public_key"], try $0["created_at"])
        }
    }

    /// Signs the chains that have grown since their last checkpoint.
    func signGrown(at now: Date) async throws {
        let chains = try await database.ofEveryTenant.query(
            "SELECT tenant_id FROM audit_chains WHERE entries > checkpointed ORDER BY chain"
        )
        for row in chains {
            let tenant: TenantID? = try row["tenant_id"]
            try await database.with(tenant.map { .of($0) } ?? .noTenant).transaction { tx in
                // Another instance may have been faster.
                let head = try await AuditLog.lockedHead(of: tenant, tx)
                let grown = try await tx.first(
                    "SELECT 1 FROM audit_chains WHERE tenant_id IS NOT DISTINCT FROM \(tenant) AND entries > checkpointed"
                )
                if grown != nil { _ = try sign(head, of: tenant, at: now, tx) }
            }
        }
    }

    /// Signs the chain of a tenant as it is.
    func sign(_ tenant: TenantID, at now: Date, _ tx: Transaction) async throws -> SignedCheckpoint {
        try sign(try await AuditLog.lockedHead(of: tenant, tx), of: tenant, at: now, tx)
    }

    private func sign(_ head: AuditHead, of tenant: TenantID?, at now: Date, _ tx: Transaction) throws
        -> SignedCheckpoint
    {
        let checkpoint = AuditCheckpoint(
            tenant: tenant,
            entries: head.entries,
            hash: head.hash,
            at: now,
            kid: key.kid
        )
        let signed = try key.sign(checkpoint)
        tx.later(
            """
            INSERT INTO audit_checkpoints (tenant_id, entries, hash, at, kid, signature)
            VALUES (\(tenant), \(head.entries), \(head.hash), \(checkpoint.at), \(key.kid), \(signed.signature))
            ON CONFLICT DO NOTHING
            """
        )
        tx.later(
            """
            UPDATE audit_chains SET checkpointed = \(head.entries) WHERE tenant_id IS NOT DISTINCT FROM \(tenant)
            """
        )
        return signed
    }

    /// A chain's checkpoints before this time, the newest first.
    static func list(
        _ database: Database,
        of tenant: TenantID?,
        before: Date? = nil,
        limit: Int
    ) async throws -> [SignedCheckpoint] {
        let isBefore: SQL = if let before { "at < \(before)" } else { "true" }
        return try await list(database, of: tenant, "\(sql: isBefore) ORDER BY at DESC LIMIT \(limit)")
    }

    /// A chain's checkpoints of these entries, in their order.
    static func list(_ database: Database, of tenant: TenantID?, at entries: ClosedRange<Int64>) async throws
        -> [SignedCheckpoint]
    {
        let (first, last) = (entries.lowerBound, entries.upperBound)
        return try await list(database, of: tenant, "entries BETWEEN \(first) AND \(last) ORDER BY entries, at")
    }

    /// The checkpoint that covers most of a chain.
    static func farthest(_ database: Database, of tenant: TenantID?) async throws -> SignedCheckpoint? {
        try await list(database, of: tenant, "true ORDER BY entries DESC, at DESC LIMIT 1").first
    }

    private static func list(_ database: Database, of tenant: TenantID?, _ condition: SQL) async throws
        -> [SignedCheckpoint]
    {
        let rows = try await database.with(tenant.map { .of($0) } ?? .noTenant).query(
            """
            SELECT c.*, k.public_key FROM audit_checkpoints c JOIN audit_keys k USING (kid)
            WHERE tenant_id IS NOT DISTINCT FROM \(tenant) AND \(sql: condition)
            """
        )
        return try rows.map { row in
            SignedCheckpoint(
                checkpoint: AuditCheckpoint(
                    tenant: tenant,
                    entries: try row["entries"],
                    hash: try row["hash"],
                    at: try row["at"],
                    kid: try row["kid"]
                ),
                publicKey: try row["public_key"],
                signature: try row["signature"]
            )
        }
    }
}
