import Access
import AccessSQL
import EventSchema
import Identifiers
import Messaging
import Postgres

extension AssetStore {
    private static let sensorColumns: SQL = """
        n.*, a.site_id, s.code AS site_code, a.code AS asset_code
        FROM sensors n JOIN assets a ON a.id = n.asset_id JOIN sites s ON s.id = a.site_id
        """

    func create(_ sensor: SensorState, by act: Act, _ tx: Transaction) async throws {
        try await tx.execute(.insert("sensors", sensor, adding: ["created_at": act.time]))
        try tx.record(
            Change("SENSOR_CREATED", "sensor", sensor.id, before: nil, after: sensor),
            [sensor],
            by: act
        )
    }

    func sensors(
        tenant: TenantID,
        within reach: Reach,
        asset: AssetID?,
        after: SensorID?,
        limit: Int
    ) async throws -> [SensorState] {
        let conditions = SQL.all([
            "n.tenant_id = \(tenant)", reach.condition(.assets), asset.map { "n.asset_id = \($0)" },
            after.map { "n.id > \($0)" },
        ])
        return try await database.of(tenant).query(
            "SELECT \(sql: Self.sensorColumns) WHERE \(sql: conditions) ORDER BY n.id LIMIT \(limit)"
        ).decode()
    }

    func update(
        _ id: SensorID,
        within reach: ChangeReach,
        _ change: ChangeSensor,
        seen: Int64?,
        by act: Act,
        _ tx: Transaction
    ) async throws -> SensorState {
        let before = try await locked(id, within: reach, by: act, tx)
        if let seen, seen != before.version { throw Refusal.stale(current: before.version) }
        var sensor = before
        try change.apply(to: &sensor)
        sensor.version += 1
        try await tx.execute(
            try .update(
                "sensors",
                sensor,
                except: ["id", "tenant", "asset", "tag"],
                where: "id = \(id) AND tenant_id = \(act.tenant)"
            )
        )
        try tx.record(Change("SENSOR_UPDATED", "sensor", id, before: before, after: sensor), [sensor], by: act)
        return sensor
    }

    func delete(_ id: SensorID, within reach: ChangeReach, by act: Act, _ tx: Transaction) async throws {
        let sensor = try await locked(id, within: reach, by: act, tx)
        try await tx.execute("DELETE FROM sensors WHERE id = \(id) AND tenant_id = \(act.tenant)")
        try tx.publishDeletion(of: SensorState.self, key: sensor.key, by: act)
        try tx.record(Change("SENSOR_DELETED", "sensor", id, before: sensor, after: nil), by: act)
    }

    private func locked(_ id: SensorID, within reach: ChangeReach, by act: Act, _ tx: Transaction) async throws
        -> SensorState
    {
        let columns: SQL = "\(sql: reach.isWithin(.assets)) AS is_within, \(sql: Self.sensorColumns)"
        let row = try await tx.first(
            """
            SELECT \(sql: columns)
            WHERE n.id = \(id) AND n.tenant_id = \(act.tenant) AND \(sql: reach.isVisible(.assets)) FOR UPDATE OF n
            """
        )
        guard let row else { throw Refusal.unknown("sensor") }
        guard try row["is_within"] else { throw Refusal.outOfReach }
        return try row.decode()
    }

    /// Deletes the sensors of an asset that is deleted.
    func deleteSensors(of asset: AssetID, _ tenant: TenantID, by act: Act, _ tx: Transaction) async throws {
        let sensors = try await tx.query(
            "SELECT \(sql: Self.sensorColumns) WHERE n.asset_id = \(asset) AND n.tenant_id = \(tenant) FOR UPDATE OF n"
        ).decode(SensorState.self)
        guard !sensors.isEmpty else { return }
        try await tx.execute("DELETE FROM sensors WHERE asset_id = \(asset) AND tenant_id = \(tenant)")
        for sensor in sensors {
            try tx.publishDeletion(of: SensorState.self, key: sensor.key, by: act)
        }
        try tx.record(
            try sensors.map { try Change("SENSOR_DELETED", "sensor", $0.id, before: $0, after: nil) },
            by: act
        )
    }
}
