import EventSchema
import Foundation
import Identifiers
import Messaging
import Postgres

/// The keys of machines in PostgreSQL. A change is published in the same transaction.
struct APIKeys: Sendable {
    let database: Database

    func list(tenant: TenantID, after: UserID?, limit: Int) async throws -> [APIKey] {
        let conditions = SQL.all(["tenant_id = \(tenant)", after.map { "id > \($0)" }])
        return try await database.of(tenant).query(
            "SELECT * FROM api_keys WHERE \(sql: conditions) ORDER BY id LIMIT \(limit)"
        ).decode()
    }

    /// - Throws: ``Refusal/tooManyAPIKeys``.
    func create(_ key: APIKey, hash: [UInt8], by act: Act, _ tx: Transaction) async throws {
        // Of two at the same time the second one counts the first.
        try await Administrators.lock(key.tenant, tx)
        let count = try await tx.first("SELECT count(*) AS count FROM api_keys WHERE tenant_id = \(key.tenant)")
        guard try count?["count"] ?? Int64(0) < APIKey.most else { throw Refusal.tooManyAPIKeys }
        try await tx.execute(.insert("api_keys", key, adding: ["hash": hash]))
        try tx.record(
            Change("API_KEY_CREATED", "api_key", key.id, before: nil, after: key),
            [key.state(hash: hash)],
            by: act
        )
    }

    /// Deletes a key: nothing can be done with it any more.
    ///
    /// - Parameter check: Gets the key as it is.
    func revoke(_ id: UserID, by act: Act, _ tx: Transaction, _ check: (APIKey) throws -> Void) async throws {
        let key: APIKey? = try await tx.first(
            "SELECT * FROM api_keys WHERE id = \(id) AND tenant_id = \(act.tenant) FOR UPDATE"
        )?.decode()
        guard let key else { throw Refusal.unknownAPIKey }
        try check(key)
        try await delete(key, "API_KEY_DELETED", by: act, tx)
    }

    func note(_ use: APIKeyUsed, _ tx: Transaction) async throws {
        try await tx.execute(
            "UPDATE api_keys SET last_used_at = GREATEST(last_used_at, \(use.at)) WHERE id = \(use.id)"
        )
    }

    /// Deletes a batch of keys that have expired. Returns how many there were.
    func prune(at now: Date) async throws -> Int {
        try await database.ofEveryTenant.transaction { tx in
            let expired: [APIKey] = try await tx.query(
                """
                SELECT * FROM api_keys WHERE expires_at < \(now.addingTimeInterval(-Self.memory))
                LIMIT 100 FOR UPDATE SKIP LOCKED
                """
            ).decode()
            for key in expired {
                let act = Act(service: "auth", tenant: key.tenant, cause: "it has expired", time: now)
                try await delete(key, "API_KEY_EXPIRED", by: act, tx)
            }
            return expired.count
        }
    }

    /// How long an expired key is still listed: somebody may wonder why a machine is refused.
    private static let memory: TimeInterval = 30 * 86_400

    private func delete(_ key: APIKey, _ action: String, by act: Act, _ tx: Transaction) async throws {
        try await tx.execute("DELETE FROM api_keys WHERE id = \(key.id)")
        try tx.publishDeletion(of: APIKeyState.self, key: key.id.description, by: act)
        try tx.record(Change(action, "api_key", key.id, before: key, after: nil), by: act)
    }
}
