import EventSchema
import Foundation
import Identifiers
import Messaging
import Postgres

/// Sites, assets and sensors in PostgreSQL. Each change publishes the whole new state.
struct AssetStore: Sendable {
    let database: Database

    private static let siteColumns: SQL =
        "id, tenant_id, code, name, time_zone, latitude, longitude, capacity_mw, status, version"
    private static let assetColumns: SQL = """
        a.id, a.tenant_id, a.site_id, s.code AS site_code, a.code, a.name, a.type, a.status, a.parent_id, a.level,
        a.rated_power_kw, a.tags, a.version
        """
    private static let sensorColumns: SQL = """
        n.id, n.tenant_id, a.site_id, s.code AS site_code, n.asset_id, a.code AS asset_code, n.tag, n.unit, n.minimum,
        n.maximum, n.version
        """

    // MARK: - Sites

    func create(_ site: SiteState, in scope: EventScope, audit: AuditRecorded) async throws {
        try await refusing(.codeTaken(site.code), of: "sites_code_key") {
            try await database.transaction { tx in
                try await tx.execute(
                    """
                    INSERT INTO sites (id, tenant_id, code, name, time_zone, latitude, longitude, capacity_mw, status,
                        created_at, version)
                    VALUES (\(site.id), \(site.tenant), \(site.code), \(site.name), \(site.timeZone), \(site.latitude),
                        \(site.longitude), \(site.capacityMW), \(site.status), \(scope.time), \(site.version))
                    """
                )
                try await tx.publish([site, audit], in: scope)
            }
        }
    }

    func site(_ id: SiteID, tenant: TenantID) async throws -> SiteState? {
        try await database.first(
            "SELECT \(sql: Self.siteColumns) FROM sites WHERE id = \(id) AND tenant_id = \(tenant)"
        ).map(SiteState.init)
    }

    func sites(tenant: TenantID, after: SiteID?, limit: Int) async throws -> [SiteState] {
        let start: SQL = after.map { "AND id > \($0)" } ?? ""
        return try await database.query(
            """
            SELECT \(sql: Self.siteColumns) FROM sites WHERE tenant_id = \(tenant) \(sql: start)
            ORDER BY id LIMIT \(limit)
            """
        ).map(SiteState.init)
    }

    // MARK: - Assets

    func create(_ asset: AssetState, in scope: EventScope, audit: AuditRecorded) async throws {
        try await refusing(.codeTaken(asset.code), of: "assets_site_id_code_key") {
            try await database.transaction { tx in
                try await noteChange(of: asset.site, tx)
                try await tx.execute(
                    """
                    INSERT INTO assets (id, tenant_id, site_id, code, name, type, status, parent_id, level,
                        rated_power_kw, tags, created_at, version)
                    VALUES (\(asset.id), \(asset.tenant), \(asset.site), \(asset.code), \(asset.name), \(asset.type),
                        \(asset.status), \(asset.parent), \(Int32(asset.level)), \(asset.ratedPowerKW),
                        \(PostgresArray(asset.tags)), \(scope.time), \(asset.version))
                    """
                )
                try await tx.publish([asset, audit], in: scope)
            }
        }
    }

    func asset(_ id: AssetID, tenant: TenantID) async throws -> AssetState? {
        try await database.first(Self.selection(of: id, tenant)).map(AssetState.init)
    }

    func assets(tenant: TenantID, site: SiteID?, type: String?, after: AssetID?, limit: Int) async throws
        -> [AssetState]
    {
        var conditions: SQL = "a.tenant_id = \(tenant)"
        if let site { conditions = "\(sql: conditions) AND a.site_id = \(site)" }
        if let type { conditions = "\(sql: conditions) AND a.type = \(type)" }
        if let after { conditions = "\(sql: conditions) AND a.id > \(after)" }
        return try await database.query(
            """
            SELECT \(sql: Self.assetColumns) FROM assets a JOIN sites s ON s.id = a.site_id
            WHERE \(sql: conditions) ORDER BY a.id LIMIT \(limit)
            """
        ).map(AssetState.init)
    }

    /// Changes an asset; when it moves, its whole subtree changes level with it.
    func update(
        _ id: AssetID,
        in scope: EventScope,
        audit: AuditRecorded,
        expectedVersion: Int64?,
        newParent: AssetID??,
        change: (inout AssetState) -> Void
    ) async throws -> AssetState {
        guard let tenant = scope.tenant else { throw Refusal.unknown("asset") }
        return try await database.transaction { tx in
            try await noteChange(of: try await site(of: id, tenant, tx), tx)
            guard var asset = try await tx.first(Self.selection(of: id, tenant)).map(AssetState.init) else {
                throw Refusal.unknown("asset")
            }
            if let expectedVersion, expectedVersion != asset.version { throw Refusal.stale(current: asset.version) }
            change(&asset)
            var moved: [AssetState] = []
            if case .some(let parentID) = newParent, parentID != asset.parent {
                moved = try await move(&asset, below: parentID, tx)
            }
            asset.version += 1
            try await tx.execute(
                """
                UPDATE assets SET name = \(asset.name), type = \(asset.type), status = \(asset.status),
                    parent_id = \(asset.parent), level = \(Int32(asset.level)), rated_power_kw = \(asset.ratedPowerKW),
                    tags = \(PostgresArray(asset.tags)), version = \(asset.version)
                WHERE id = \(id)
                """
            )
            for descendant in moved {
                try await tx.execute(
                    """
                    UPDATE assets SET level = \(Int32(descendant.level)), version = \(descendant.version)
                    WHERE id = \(descendant.id)
                    """
                )
            }
            try await tx.publish([asset] + moved + [audit], in: scope)
            return asset
        }
    }

    private func move(_ asset: inout AssetState, below parentID: AssetID?, _ tx: Transaction) async throws
        -> [AssetState]
    {
        let parent =
            if let parentID { try await tx.first(Self.selection(of: parentID, asset.tenant)).map(AssetState.init) } else
            { AssetState?.none }
        if parentID != nil, parent == nil { throw Refusal.unknownParent }
        let below = try await tx.query(Self.descendants(of: asset.id, asset.tenant)).map(AssetState.init)
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
        return below.map { descendant in
            var descendant = descendant
            descendant.level += shift
            descendant.version += 1
            return descendant
        }
    }

    func delete(_ id: AssetID, in scope: EventScope, audit: AuditRecorded) async throws {
        guard let tenant = scope.tenant else { throw Refusal.unknown("asset") }
        try await database.transaction { tx in
            try await noteChange(of: try await site(of: id, tenant, tx), tx)
            let child = try await tx.first("SELECT 1 FROM assets WHERE parent_id = \(id) AND tenant_id = \(tenant)")
            guard child == nil else { throw Refusal.hasChildren }
            if let number = try await OpenWork.number(on: id, tenant, tx) { throw Refusal.hasOpenWork(number) }
            // Who makes a sensor on it holds the row: it is waited for, and its sensor goes with the others.
            try await tx.execute("SELECT 1 FROM assets WHERE id = \(id) AND tenant_id = \(tenant) FOR UPDATE")
            let sensors = try await tx.query(
                "DELETE FROM sensors WHERE asset_id = \(id) AND tenant_id = \(tenant) RETURNING id"
            )
            guard try await tx.execute("DELETE FROM assets WHERE id = \(id) AND tenant_id = \(tenant)") == 1 else {
                throw Refusal.unknown("asset")
            }
            for sensor in sensors {
                let sensorID: SensorID = try sensor["id"]
                try await tx.publishDeletion(of: SensorState.self, key: sensorID.description, in: scope)
            }
            try await tx.publishDeletion(of: AssetState.self, key: id.description, in: scope)
            try await tx.publish(audit, in: scope)
        }
    }

    /// How often the tree that an asset stands in has changed; `nil` when the tenant has no such asset.
    func treeChanges(around id: AssetID, tenant: TenantID) async throws -> Int64? {
        try await database.first(
            """
            SELECT s.tree_changes FROM assets a JOIN sites s ON s.id = a.site_id
            WHERE a.id = \(id) AND a.tenant_id = \(tenant)
            """
        ).map { try $0["tree_changes"] }
    }

    private func site(of id: AssetID, _ tenant: TenantID, _ tx: Transaction) async throws -> SiteID {
        let row = try await tx.first("SELECT site_id FROM assets WHERE id = \(id) AND tenant_id = \(tenant)")
        guard let row else { throw Refusal.unknown("asset") }
        return try row["site_id"]
    }

    /// Counts a change of a site's tree, before it is made: with the row locked, one change of a tree happens at a time, and two
    /// moves that are each legal can't form a cycle together.
    private func noteChange(of site: SiteID, _ tx: Transaction) async throws {
        try await tx.execute("UPDATE sites SET tree_changes = tree_changes + 1 WHERE id = \(site)")
    }

    /// The assets above one, the topmost first, and those below it, by level and code: one query each.
    func hierarchy(of id: AssetID, tenant: TenantID) async throws -> (
        ancestors: [AssetState], descendants: [AssetState]
    ) {
        let results = try await database.pipeline([
            """
            WITH RECURSIVE tree AS (
                SELECT id, parent_id FROM assets WHERE id = \(id) AND tenant_id = \(tenant)
                UNION ALL
                SELECT p.id, p.parent_id FROM assets p JOIN tree t ON p.id = t.parent_id
            )
            SELECT \(sql: Self.assetColumns) FROM tree JOIN assets a ON a.id = tree.id JOIN sites s ON s.id = a.site_id
            WHERE a.id <> \(id) ORDER BY a.level
            """,
            Self.descendants(of: id, tenant),
        ])
        return (try results[0].map(AssetState.init), try results[1].map(AssetState.init))
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

    private static func selection(of id: AssetID, _ tenant: TenantID) -> SQL {
        """
        SELECT \(sql: assetColumns) FROM assets a JOIN sites s ON s.id = a.site_id
        WHERE a.id = \(id) AND a.tenant_id = \(tenant)
        """
    }

    // MARK: - Sensors

    func create(_ sensor: SensorState, in scope: EventScope, audit: AuditRecorded) async throws {
        try await refusing(.tagTaken(sensor.tag), of: "sensors_asset_id_tag_key") {
            try await database.transaction { tx in
                try await tx.execute(
                    """
                    INSERT INTO sensors (id, tenant_id, asset_id, tag, unit, minimum, maximum, created_at, version)
                    VALUES (\(sensor.id), \(sensor.tenant), \(sensor.asset), \(sensor.tag), \(sensor.unit),
                        \(sensor.minimum), \(sensor.maximum), \(scope.time), \(sensor.version))
                    """
                )
                try await tx.publish([sensor, audit], in: scope)
            }
        }
    }

    func sensors(tenant: TenantID, asset: AssetID?, after: SensorID?, limit: Int) async throws -> [SensorState] {
        var conditions: SQL = "n.tenant_id = \(tenant)"
        if let asset { conditions = "\(sql: conditions) AND n.asset_id = \(asset)" }
        if let after { conditions = "\(sql: conditions) AND n.id > \(after)" }
        return try await database.query(
            """
            SELECT \(sql: Self.sensorColumns) FROM sensors n JOIN assets a ON a.id = n.asset_id
                JOIN sites s ON s.id = a.site_id
            WHERE \(sql: conditions) ORDER BY n.id LIMIT \(limit)
            """
        ).map(SensorState.init)
    }

    /// Tells a violated constraint as the refusal that it stands for.
    private func refusing(_ refusal: Refusal, of constraint: String, _ body: () async throws -> Void) async throws {
        do {
            try await body()
        } catch let error as PostgresError where error.isUniqueViolation(of: constraint) {
            throw refusal
        } catch let error as PostgresError
            where error.kind == .foreignKeyViolation(constraint: "assets_parent_id_site_id_parent_level_fkey")
        {
            // Deleted or moved since it was looked up.
            throw Refusal.unknownParent
        } catch let error as PostgresError
            where error.kind == .foreignKeyViolation(constraint: "sensors_asset_id_fkey")
        {
            throw Refusal.unknownAsset
        }
    }
}

extension SiteState {
    fileprivate init(_ row: Row) throws {
        self.init(
            id: try row["id"],
            tenant: try row["tenant_id"],
            code: try row["code"],
            name: try row["name"],
            timeZone: try row["time_zone"],
            latitude: try row["latitude"],
            longitude: try row["longitude"],
            capacityMW: try row["capacity_mw"],
            status: try row["status"],
            version: try row["version"]
        )
    }
}

extension AssetState {
    fileprivate init(_ row: Row) throws {
        self.init(
            id: try row["id"],
            tenant: try row["tenant_id"],
            site: try row["site_id"],
            siteCode: try row["site_code"],
            code: try row["code"],
            name: try row["name"],
            type: try row["type"],
            status: try row["status"],
            parent: try row["parent_id"],
            level: try row["level"],
            ratedPowerKW: try row["rated_power_kw"],
            tags: (try row["tags"] as PostgresArray<String>).elements,
            version: try row["version"]
        )
    }
}

extension SensorState {
    fileprivate init(_ row: Row) throws {
        self.init(
            id: try row["id"],
            tenant: try row["tenant_id"],
            site: try row["site_id"],
            siteCode: try row["site_code"],
            asset: try row["asset_id"],
            assetCode: try row["asset_code"],
            tag: try row["tag"],
            unit: try row["unit"],
            minimum: try row["minimum"],
            maximum: try row["maximum"],
            version: try row["version"]
        )
    }
}
