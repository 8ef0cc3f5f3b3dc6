import Access
import AccessSQL
import Commands
import EventSchema
import Foundation
import Identifiers
import Messaging
import Postgres

/// Sites, assets and sensors in PostgreSQL. Each change publishes the whole new state.
struct AssetStore: Sendable {
    let database: Database

    private static let assetColumns: SQL = "a.*, s.code AS site_code"

    func create(_ asset: AssetState, by act: Act, _ tx: Transaction) async throws {
        try await noteChange(of: asset.site, tx)
        try await tx.execute(.insert("assets", asset, adding: ["created_at": act.time]))
        try tx.record(Change("ASSET_CREATED", "asset", asset.id, before: nil, after: asset), [asset], by: act)
    }

    func asset(_ id: AssetID, tenant: TenantID, within reach: Reach) async throws -> AssetState? {
        try await database.of(tenant).first(Self.selection(of: id, tenant, within: reach))?.decode()
    }

    func assets(
        _ filter: AssetFilter,
        tenant: TenantID,
        within reach: Reach,
        after: AssetID?,
        limit: Int
    ) async throws -> [AssetState] {
        let conditions = SQL.all([
            "a.tenant_id = \(tenant)", reach.condition(.assets),
            filter.siteId.map { "a.site_id = \($0)" },
            filter.parentId.map { "a.parent_id = \($0)" },
            filter.level.map { "a.level = \(Int32($0))" },
            filter.type.map { "a.type = \($0)" },
            filter.status.map { .isOne(of: $0, "a.status") },
            filter.q.map { .contains(wordsOf: $0, "a.code || ' ' || a.name") },
            after.map { "a.id > \($0)" },
        ])
        return try await database.of(tenant).query(
            """
            SELECT \(sql: Self.assetColumns) FROM assets a JOIN sites s ON s.id = a.site_id
            WHERE \(sql: conditions) ORDER BY a.id LIMIT \(limit)
            """
        ).decode()
    }

    /// Changes an asset. If it moves, the levels of its whole subtree change with it.
    ///
    /// - Parameter reviving: Where a decommissioned asset may get another status.
    func update(
        _ id: AssetID,
        within reach: ChangeReach,
        reviving: Reach,
        _ change: ChangeAsset,
        seen: Int64?,
        by act: Act,
        _ tx: Transaction
    ) async throws -> AssetState {
        guard let tenant = act.tenant else { throw Refusal.unknown("asset") }
        try await noteChange(of: try await site(of: id, tenant, within: reach, tx), tx)
        guard let before: AssetState = try await tx.first(Self.selection(of: id, tenant))?.decode() else {
            throw Refusal.unknown("asset")
        }
        if let seen, seen != before.version { throw Refusal.stale(current: before.version) }
        var asset = before
        change.apply(to: &asset)
        if before.status == .decommissioned, asset.status != .decommissioned,
            try await tx.first(Self.selection(of: id, tenant, within: reviving)) == nil
        {
            throw Refusal.outOfReach
        }
        // What somebody says of its status counts, whatever work is under way.
        if asset.status != before.status {
            try await tx.execute("DELETE FROM assets_at_work WHERE asset_id = \(id) AND tenant_id = \(tenant)")
        }
        var moved: [(before: AssetState, after: AssetState)] = []
        if case .some(let parentID) = change.parentId.value, parentID != asset.parent {
            moved = try await move(&asset, below: parentID, within: reach.change, tx)
        }
        asset.version += 1
        moved.insert((before, asset), at: 0)
        for (_, asset) in moved {
            try await tx.execute(
                try .update(
                    "assets",
                    asset,
                    except: ["id", "tenant", "site", "code"],
                    where: "id = \(asset.id) AND tenant_id = \(tenant)"
                )
            )
        }
        if asset.parent != before.parent {
            // Nobody can move an asset to a place where they may not change it.
            let isWithin = try await tx.first(Self.selection(of: id, tenant, within: reach.change)) != nil
            guard isWithin else { throw Refusal.outOfReach }
        }
        try tx.record(
            try moved.map { try Change("ASSET_UPDATED", "asset", $1.id, before: $0, after: $1) },
            moved.map(\.after),
            by: act
        )
        return asset
    }

    /// An asset that stays as it is until the transaction ends; `nil` if there is none. It takes the same lock as a change of the tree.
    func held(_ id: AssetID, _ tenant: TenantID, _ tx: Transaction) async throws -> AssetState? {
        let row = try await tx.first("SELECT site_id FROM assets WHERE id = \(id) AND tenant_id = \(tenant)")
        guard let row else { return nil }
        try await noteChange(of: try row["site_id"], tx)
        return try await tx.first("\(sql: Self.selection(of: id, tenant)) FOR UPDATE OF a")?.decode()
    }

    /// Sets the status of an asset that is held.
    func set(_ status: AssetStatus, of before: AssetState, by act: Act, _ tx: Transaction) async throws {
        guard status != before.status else { return }
        var asset = before
        (asset.status, asset.version) = (status, before.version + 1)
        try await tx.execute(
            """
            UPDATE assets SET status = \(status), version = \(asset.version)
            WHERE id = \(asset.id) AND tenant_id = \(asset.tenant)
            """
        )
        try tx.record(Change("ASSET_UPDATED", "asset", asset.id, before: before, after: asset), [asset], by: act)
    }

    private func move(
        _ asset: inout AssetState,
        below parentID: AssetID?,
        within reach: Reach,
        _ tx: Transaction
    ) async throws -> [(before: AssetState, after: AssetState)] {
        var parent: AssetState?
        if let parentID {
            parent = try await tx.first(Self.selection(of: parentID, asset.tenant, within: reach))?.decode()
            if parent == nil { throw Refusal.unknownParent }
        }
        let below: [AssetState] = try await tx.query(Self.descendants(of: asset.id, asset.tenant)).decode()
        let height = (below.map(\.level).max() ?? asset.level) - asset.level + 1
        let level = try Hierarchy.checkMove(
            of: asset,
            height: height,
            descendants: Set(below.map(\.id)),
            below: parent
        )
        let shift = level - asset.level
        asset.parent = parentID
        asset.level = level
        guard shift != 0 else { return [] }
        return below.map { before in
            var after = before
            after.level += shift
            after.version += 1
            return (before, after)
        }
    }

    func delete(_ id: AssetID, within reach: ChangeReach, by act: Act, _ tx: Transaction) async throws {
        guard let tenant = act.tenant else { throw Refusal.unknown("asset") }
        try await noteChange(of: try await site(of: id, tenant, within: reach, tx), tx)
        let child = try await tx.first("SELECT 1 FROM assets WHERE parent_id = \(id) AND tenant_id = \(tenant)")
        guard child == nil else { throw Refusal.hasChildren }
        if let number = try await OpenWork.number(on: id, tenant, tx) { throw Refusal.hasOpenWork(number) }
        // A transaction that creates a sensor on it has locked the row. This waits for it, and then deletes that sensor too.
        guard
            let asset: AssetState = try await tx.first("\(sql: Self.selection(of: id, tenant)) FOR UPDATE OF a")?
                .decode()
        else { throw Refusal.unknown("asset") }
        try await deleteSensors(of: id, tenant, by: act, tx)
        try await tx.execute("DELETE FROM assets WHERE id = \(id) AND tenant_id = \(tenant)")
        try tx.publishDeletion(of: AssetState.self, key: id.description, by: act)
        try tx.record(Change("ASSET_DELETED", "asset", id, before: asset, after: nil), by: act)
    }

    /// How often the asset's tree has changed; `nil` if the tenant has no such asset.
    func treeChanges(around id: AssetID, tenant: TenantID, within reach: Reach) async throws -> Int64? {
        try await database.of(tenant).first(
            """
            SELECT s.tree_changes FROM assets a JOIN sites s ON s.id = a.site_id
            WHERE a.id = \(id) AND a.tenant_id = \(tenant) AND \(sql: reach.condition(.assets))
            """
        ).map { try $0["tree_changes"] }
    }

    /// The site of an asset that is to be changed.
    private func site(
        of id: AssetID,
        _ tenant: TenantID,
        within reach: ChangeReach,
        _ tx: Transaction
    ) async throws -> SiteID {
        let row = try await tx.first(
            """
            SELECT a.site_id, \(sql: reach.isWithin(.assets)) AS is_within FROM assets a
            WHERE a.id = \(id) AND a.tenant_id = \(tenant) AND \(sql: reach.isVisible(.assets))
            """
        )
        guard let row else { throw Refusal.unknown("asset") }
        guard try row["is_within"] else { throw Refusal.outOfReach }
        return try row["site_id"]
    }

    /// Counts a change of a site's tree before it is made. This locks the row, so that a tree has one change at a time: two moves that
    /// are each legal could otherwise form a cycle.
    private func noteChange(of site: SiteID, _ tx: Transaction) async throws {
        try await tx.execute("UPDATE sites SET tree_changes = tree_changes + 1 WHERE id = \(site)")
    }

    /// The assets above an asset, the topmost first, and those below it, by level and code: one query for each.
    func hierarchy(of id: AssetID, tenant: TenantID, within reach: Reach) async throws -> (
        ancestors: [AssetState], descendants: [AssetState]
    ) {
        let results = try await database.of(tenant).pipeline([
            """
            WITH RECURSIVE tree AS (
                SELECT id, parent_id FROM assets WHERE id = \(id) AND tenant_id = \(tenant)
                UNION ALL
                SELECT p.id, p.parent_id FROM assets p JOIN tree t ON p.id = t.parent_id
            )
            SELECT \(sql: Self.assetColumns) FROM tree JOIN assets a ON a.id = tree.id JOIN sites s ON s.id = a.site_id
            WHERE a.id <> \(id) AND \(sql: reach.condition(.assets)) ORDER BY a.level
            """,
            Self.descendants(of: id, tenant),
        ])
        return (try results[0].decode(), try results[1].decode())
    }

    private static func descendants(of id: AssetID, _ tenant: TenantID) -> SQL {
        """
        WITH RECURSIVE tree AS (
            SELECT id FROM assets WHERE parent_id = \(id) AND tenant_id = \(tenant)
            UNION ALL
            SELECT c.id FROM assets c JOIN tree t ON c.parent_id = t.id
        )
        SELECT \(sql: assetColumns) FROM tree JOIN assets a ON a.id = tree.id JOIN sites s ON s.id = a.site_id
        ORDER BY a.level, a.code
        """
    }

    private static func selection(of id: AssetID, _ tenant: TenantID, within reach: Reach = .tenant) -> SQL {
        """
        SELECT \(sql: assetColumns) FROM assets a JOIN sites s ON s.id = a.site_id
        WHERE a.id = \(id) AND a.tenant_id = \(tenant) AND \(sql: reach.condition(.assets))
        """
    }
}
