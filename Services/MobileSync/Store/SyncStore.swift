import EventSchema
import Foundation
import Identifiers
import Messaging
import Postgres
import ServiceKit

/// The change feed and the ledger of pushes in PostgreSQL.
struct SyncStore: Sendable {
    let database: Database

    /// One record of the feed.
    struct Change: Sendable {
        var entity: SyncEntity
        var id: String
        var position: Int64
        var version: Int64
        var body: String?
    }

    /// Puts a record's latest form into the feed, unless a newer one or this very one is there. Of the same version another form may
    /// come: a new release says more of it.
    func put(
        _ entity: SyncEntity,
        _ id: UUID,
        tenant: TenantID,
        version: Int64,
        body: String?,
        at place: FeedPlace = FeedPlace(),
        _ tx: Transaction
    ) async throws {
        let known = try await tx.first(
            """
            SELECT version, body IS NOT DISTINCT FROM \(body.map { JSONB($0) }) AS is_same FROM feed
            WHERE entity = \(entity) AND entity_id = \(id) FOR UPDATE
            """
        )
        if let known {
            let before: Int64 = try known["version"]
            if try before > version || before == version && known["is_same"] { return }
        }
        let row = try await tx.first(
            """
            INSERT INTO feed_positions (tenant_id, last) VALUES (\(tenant), 1)
            ON CONFLICT (tenant_id) DO UPDATE SET last = feed_positions.last + 1 RETURNING last
            """
        )
        let position: Int64 = try row?["last"] ?? 0
        // A deleted record keeps its place, so that those who had it hear of its end.
        let moved: SQL =
            body == nil
            ? ""
            : """
            , site_id = excluded.site_id, asset_id = excluded.asset_id, parent_id = excluded.parent_id,
                created_by = excluded.created_by, assigned_to = excluded.assigned_to
            """
        try await tx.execute(
            """
            INSERT INTO feed (entity, entity_id, tenant_id, position, version, body, site_id, asset_id, parent_id,
                created_by, assigned_to)
            VALUES (\(entity), \(id), \(tenant), \(position), \(version), \(body.map { JSONB($0) }), \(place.site),
                \(place.asset), \(place.parent), \(place.createdBy), \(place.assignedTo))
            ON CONFLICT (entity, entity_id) DO UPDATE
                SET position = excluded.position, version = excluded.version, body = excluded.body\(sql: moved)
            """
        )
    }

    /// The tenant of a record that is in the feed.
    func tenant(of entity: SyncEntity, _ id: UUID, _ tx: Transaction) async throws -> TenantID? {
        try await tx.first("SELECT tenant_id FROM feed WHERE entity = \(entity) AND entity_id = \(id)")?["tenant_id"]
    }

    /// What has changed after a position, oldest first.
    func changes(
        _ tenant: TenantID,
        within reach: FeedReach,
        after position: Int64,
        entities: [SyncEntity],
        limit: Int
    ) async throws -> [Change] {
        try await database.query(
            """
            SELECT entity, entity_id, position, version, body FROM feed
            WHERE tenant_id = \(tenant) AND position > \(position)
                AND entity = ANY(\(PostgresArray(entities.map(\.rawValue)))) AND \(sql: reach.condition)
            ORDER BY position LIMIT \(limit)
            """
        ).map(Change.init)
    }

    /// A record in its latest form.
    func record(_ entity: SyncEntity, _ id: String, tenant: TenantID, within reach: FeedReach) async throws -> Change? {
        guard let id = UUID(uuidString: id) else { return nil }
        return try await database.first(
            """
            SELECT entity, entity_id, position, version, body FROM feed
            WHERE entity = \(entity) AND entity_id = \(id) AND tenant_id = \(tenant) AND \(sql: reach.condition)
            """
        ).map(Change.init)
    }

    /// Notes pushed changes and hands those that are new to their owners.
    func push(_ changes: [SyncChangeProposed], in scope: EventScope) async throws {
        try await database.transaction { tx in
            var fresh: [any Event] = []
            for change in changes {
                let isNew =
                    try await tx.execute(
                        """
                        INSERT INTO pushes (change_id, tenant_id, user_id, device_id, entity, entity_id, pushed_at)
                        VALUES (\(change.change), \(change.tenant), \(change.user), \(change.device), \(change.entity),
                            \(change.entityID), \(scope.time))
                        ON CONFLICT DO NOTHING
                        """
                    ) == 1
                if isNew { fresh.append(change) }
            }
            try await tx.publish(fresh, in: scope)
        }
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

    func verdicts(_ tenant: TenantID, _ changes: [SyncChangeID]) async throws -> [VerdictResponse] {
        try await database.query(
            """
            SELECT change_id, verdict, version, reason, server FROM pushes
            WHERE tenant_id = \(tenant) AND change_id = ANY(\(PostgresArray(changes)))
            """
        ).map(VerdictResponse.init)
    }

    func status(_ tenant: TenantID, device: DeviceID) async throws -> (pending: Int, last: Date?) {
        let row = try await database.first(
            """
            SELECT count(*) FILTER (WHERE verdict IS NULL) AS pending, max(pushed_at) AS last FROM pushes
            WHERE tenant_id = \(tenant) AND device_id = \(device)
            """
        )
        return (try row?["pending"] ?? 0, try row.flatMap { try $0["last"] as Date? })
    }
}

extension SyncStore.Change {
    fileprivate init(_ row: Row) throws {
        let id: UUID = try row["entity_id"]
        let body: JSONB? = try row["body"]
        self.init(
            entity: try row["entity"],
            id: id.uuidString.lowercased(),
            position: try row["position"],
            version: try row["version"],
            body: body?.text
        )
    }
}
