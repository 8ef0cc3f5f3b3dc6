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
