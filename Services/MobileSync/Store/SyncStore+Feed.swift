import AccessSQL
import EventSchema
import Foundation
import Identifiers
import Postgres

/// The feed that devices pull: each record once, in its latest form.
extension SyncStore {
    private static let columns: SQL = "entity, entity_id, position, version, body::text AS body"

    /// Puts a record's latest form into the feed, unless the same or a newer one is there. A new release can send the same version with more
    /// fields.
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
            SELECT version, assigned_to, crew_members, body IS NOT DISTINCT FROM \(body.map { JSONB($0) }) AS is_same FROM feed
            WHERE entity = \(entity) AND entity_id = \(id) AND tenant_id = \(tenant) FOR UPDATE
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
        // A deleted record keeps its place, so that devices that have it learn about the deletion.
        let moved: SQL =
            body == nil
            ? ""
            : """
            , site_id = excluded.site_id, asset_id = excluded.asset_id, parent_id = excluded.parent_id,
                created_by = excluded.created_by, assigned_to = excluded.assigned_to,
                crew_members = excluded.crew_members
            """
        try await tx.execute(
            """
            INSERT INTO feed (entity, entity_id, tenant_id, position, version, body, site_id, asset_id, parent_id,
                created_by, assigned_to, crew_members)
            VALUES (\(entity), \(id), \(tenant), \(position), \(version), \(body.map { JSONB($0) }), \(place.site),
                \(place.asset), \(place.parent), \(place.createdBy), \(place.assignedTo),
                \(PostgresArray(place.crewMembers)))
            ON CONFLICT (entity, entity_id) DO UPDATE
                SET position = excluded.position, version = excluded.version, body = excluded.body\(sql: moved)
            """
        )
        let assigneeBefore: UserID? = try known.flatMap { try $0["assigned_to"] }
        let crewBefore: PostgresArray<UserID>? = try known?["crew_members"]
        let before = Set((crewBefore?.elements ?? []) + [assigneeBefore].compactMap(\.self))
        let after = Set(place.crewMembers + [place.assignedTo].compactMap(\.self))
        if !after.isSubset(of: before) { try await showPlace(place, tenant, tx) }
    }

    /// Lets devices pull the site and the asset of a work order again, with what is below it: for those who are new to it they are new.
    private func showPlace(_ place: FeedPlace, _ tenant: TenantID, _ tx: Transaction) async throws {
        try await tx.execute(
            """
            WITH shown AS (
                SELECT entity, entity_id, row_number() OVER (ORDER BY position) AS number, count(*) OVER () AS count
                FROM feed
                WHERE tenant_id = \(tenant) AND body IS NOT NULL AND (
                    entity = \(SyncEntity.site) AND entity_id = \(place.site)
                    OR entity = \(SyncEntity.asset)
                        AND entity_id IN (\(sql: .assets(below: "SELECT \(place.asset)::uuid AS id")))
                )
            ), drawn AS (
                UPDATE feed_positions SET last = last + (SELECT count(*) FROM shown) WHERE tenant_id = \(tenant)
                RETURNING last
            )
            UPDATE feed SET position = drawn.last - shown.count + shown.number FROM shown, drawn
            WHERE feed.entity = shown.entity AND feed.entity_id = shown.entity_id
            """
        )
    }

    /// Marks a record as deleted. A record that was never in the feed is ignored.
    func remove(_ entity: SyncEntity, _ id: UUID, tenant: TenantID?, _ tx: Transaction) async throws {
        let known = try await tx.first(
            "SELECT tenant_id FROM feed WHERE entity = \(entity) AND entity_id = \(id) AND tenant_id = \(tenant)"
        )
        guard let known else { return }
        try await put(entity, id, tenant: try known["tenant_id"], version: Int64.max, body: nil, tx)
    }

    /// What has changed after a position, oldest first: at most `limit` records, and fewer when they are large.
    ///
    /// - Parameter pageSize: Where a page ends, in bytes of its records. It has at least one record.
    func changes(
        tenant: TenantID,
        within reach: FeedReach,
        after position: Int64,
        entities: [SyncEntity],
        limit: Int,
        upTo pageSize: Int = SyncStore.pageSize
    ) async throws -> (records: [FeedRecord], hasMore: Bool) {
        let rows = try await database.of(tenant).query(
            """
            SELECT * FROM (
                SELECT \(sql: Self.columns), count(*) OVER () AS found,
                    sum(size) OVER (ORDER BY position) - size AS size_before
                FROM (
                    -- A deleted record has no body.
                    SELECT *, COALESCE(octet_length(body::text), 0) AS size FROM feed
                    WHERE tenant_id = \(tenant) AND position > \(position)
                        AND entity = ANY(\(PostgresArray(entities.map(\.rawValue)))) AND \(sql: reach.condition)
                    ORDER BY position LIMIT \(limit + 1)
                ) newest
            ) page WHERE size_before < \(Int64(pageSize)) ORDER BY position LIMIT \(limit)
            """
        )
        let found: Int64 = try rows.first?["found"] ?? 0
        return (try rows.decode(), found > Int64(rows.count))
    }

    /// The default, in bytes. A page is held in memory several times while it is sent.
    static let pageSize = 4 << 20

    /// A record in its latest form.
    func record(_ entity: SyncEntity, _ id: String, tenant: TenantID, within reach: FeedReach) async throws
        -> FeedRecord?
    {
        guard let id = UUID(uuidString: id) else { return nil }
        return try await database.of(tenant).first(
            """
            SELECT \(sql: Self.columns) FROM feed
            WHERE entity = \(entity) AND entity_id = \(id) AND tenant_id = \(tenant) AND \(sql: reach.condition)
            """
        )?.decode()
    }

    // MARK: - People's teams and sites

    func put(_ user: UserState, _ tx: Transaction) async throws {
        try await tx.execute(
            """
            INSERT INTO users (id, tenant_id, team_id, site_ids, version)
            VALUES (\(user.id), \(user.tenant), \(user.team), \(PostgresArray(user.sites)), \(user.version))
            ON CONFLICT (id) DO UPDATE SET team_id = excluded.team_id, site_ids = excluded.site_ids,
                version = excluded.version
            WHERE users.version <= excluded.version
            """
        )
    }

    func removeUser(_ id: UserID, _ tx: Transaction) async throws {
        try await tx.execute("DELETE FROM devices WHERE user_id = \(id)")
        try await tx.execute("DELETE FROM users WHERE id = \(id)")
    }
}
