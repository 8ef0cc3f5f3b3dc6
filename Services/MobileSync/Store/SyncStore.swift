import EventSchema
import Foundation
import Identifiers
import Messaging
import Postgres

/// The ledger of what devices pushed, in PostgreSQL; the feed that they pull stands in `SyncStore+Feed.swift`.
struct SyncStore: Sendable {
    let database: Database

    /// Notes pushed changes and hands those that are new to their owners.
    func push(_ changes: [SyncChangeProposed], by act: Act, _ tx: Transaction) async throws {
        guard !changes.isEmpty else { return }
        let inserted = try await tx.pipeline(
            changes.map { change in
                """
                INSERT INTO pushes (change_id, tenant_id, user_id, device_id, entity, entity_id, pushed_at)
                VALUES (\(change.change), \(act.tenant), \(act.user), \(change.device), \(change.entity),
                    \(change.entityID), \(act.time))
                ON CONFLICT DO NOTHING RETURNING change_id
                """
            }
        )
        try await tx.publish(zip(changes, inserted).filter { !$1.isEmpty }.map(\.0), by: act)
    }

    /// Notes what the owner decided.
    func decide(_ result: SyncChangeDecided, _ tx: Transaction) async throws {
        try await tx.execute(
            """
            UPDATE pushes SET verdict = \(result.verdict), version = \(result.version), reason = \(result.reason),
                server = \(result.server.map { JSONB($0) }), decided_at = \(result.decidedAt)
            WHERE tenant_id = \(result.tenant) AND change_id = \(result.change)
            """
        )
    }

    func pushed(_ changes: [SyncChangeID], tenant: TenantID) async throws -> [PushedChange] {
        try await database.of(tenant).query(
            """
            SELECT change_id, verdict, version, reason, server::text AS server FROM pushes
            WHERE tenant_id = \(tenant) AND change_id = ANY(\(PostgresArray(changes)))
            """
        ).decode()
    }

    func status(of device: DeviceID, tenant: TenantID) async throws -> DeviceStatus {
        try await database.of(tenant).first(
            """
            SELECT count(*) FILTER (WHERE verdict IS NULL) AS pending, max(pushed_at) AS last_push FROM pushes
            WHERE tenant_id = \(tenant) AND device_id = \(device)
            """
        )?.decode() ?? DeviceStatus(pending: 0)
    }
}
