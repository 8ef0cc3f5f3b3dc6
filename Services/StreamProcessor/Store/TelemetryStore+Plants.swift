import Access
import AccessSQL
import Foundation
import Identifiers
import Postgres

/// What many sensors measure together.
extension TelemetryStore {
    /// Those of the assets that may be seen.
    func places(of assets: [AssetID], of tenant: TenantID, within reach: Reach, sites: [SiteID]?) async throws
        -> [PlacedAsset]
    {
        let conditions = SQL.all([
            "tenant_id = \(tenant)", "id = ANY(\(PostgresArray(assets)))", "site_id IS NOT NULL",
            reach.condition(.assets), sites.map { .isOne(of: $0, "site_id") },
        ])
        return try await database.of(tenant).query(
            "SELECT id AS asset_id, site_id, is_decommissioned FROM assets WHERE \(sql: conditions)"
        ).decode()
    }

    /// The last reading of each sensor that has any since a moment.
    func latest(_ sensors: [SensorKey], of tenant: TenantID, since: Date) async throws -> [SensorKey: TelemetryPoint] {
        let rows = try await database.of(tenant).pipeline([Self.withoutCompiling, Self.latest(sensors, since)])[1]
        var latest: [SensorKey: TelemetryPoint] = [:]
        for row in rows {
            latest[SensorKey(asset: try row["asset_id"], tag: try row["tag"])] = try row.decode()
        }
        return latest
    }

    static func latest(_ sensors: [SensorKey], _ since: Date) -> SQL {
        """
        SELECT sensor.asset_id, sensor.tag, last.time, last.value, last.quality
        FROM unnest(\(PostgresArray(sensors.map(\.asset))), \(PostgresArray(sensors.map(\.tag)))) AS sensor (asset_id, tag)
        CROSS JOIN LATERAL (
            SELECT time, value, quality FROM readings
            WHERE asset_id = sensor.asset_id AND tag = sensor.tag AND time >= \(since) ORDER BY time DESC LIMIT 1
        ) last
        """
    }

    /// The sums of some groups, in any order, and how many of their assets in service have sent anything in that time.
    func sums(_ groups: [SumGroup], of tenant: TenantID, _ length: WindowLength, _ range: Range<Date>) async throws
        -> (points: [SumPoint], heard: [SumHeard])
    {
        guard !groups.isEmpty else { return ([], []) }
        let results = try await database.of(tenant).pipeline([
            Self.withoutCompiling, Self.withoutSorting, Self.sums(groups, length, range),
            Self.heard(groups, length, range),
        ])
        return (try results[2].decode(), try results[3].decode())
    }

    /// PostgreSQL would sort the windows of all assets, on disk, before it adds them up.
    static let withoutSorting: SQL = "SELECT set_config('enable_sort', 'off', true)"

    static func sums(_ groups: [SumGroup], _ length: WindowLength, _ range: Range<Date>) -> SQL {
        """
        SELECT sensor.number, w.start, sum(w.average * sensor.factor) AS sum, count(*) AS count
        FROM \(sql: sensors(groups)) CROSS JOIN LATERAL (\(sql: windows("start, average", length, range)) OFFSET 0) w
        GROUP BY sensor.number, w.start
        """
    }

    private static func heard(_ groups: [SumGroup], _ length: WindowLength, _ range: Range<Date>) -> SQL {
        """
        SELECT sensor.number, count(*) AS heard FROM \(sql: sensors(groups))
        WHERE sensor.is_expected AND EXISTS (\(sql: windows("1", length, range))) GROUP BY sensor.number
        """
    }

    private static func sensors(_ groups: [SumGroup]) -> SQL {
        let sensors = groups.enumerated().flatMap { number, group in group.sensors.map { (Int32(number), $0) } }
        return
            """
            unnest(\(PostgresArray(sensors.map(\.0))), \(PostgresArray(sensors.map(\.1.asset))),
                \(PostgresArray(sensors.map(\.1.tag))), \(PostgresArray(sensors.map(\.1.factor))),
                \(PostgresArray(sensors.map(\.1.isExpected)))) AS sensor (number, asset_id, tag, factor, is_expected)
            """
    }

    private static func windows(_ columns: SQL, _ length: WindowLength, _ range: Range<Date>) -> SQL {
        """
        SELECT \(sql: columns) FROM aggregates
        WHERE asset_id = sensor.asset_id AND tag = sensor.tag AND minutes = \(Int32(length.minutes))
            AND start >= \(range.lowerBound) AND start < \(range.upperBound) AND count > 0
        """
    }
}

/// A sensor by what it measures.
struct SensorKey: Hashable, Sendable {
    var asset: AssetID
    var tag: String
}

extension PlacedAsset: Record {}
extension SumPoint: Record {}
extension SumHeard: Record {}
