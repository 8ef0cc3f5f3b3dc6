import Access
import AccessSQL
import Foundation
import Identifiers
import Postgres

extension TelemetryStore {
    /// The points of some tags of an asset, by tag and time. A time without readings has none.
    func points(_ asset: AssetID, of tenant: TenantID, _ tags: [String], _ plan: SeriesPlan) async throws
        -> [SeriesPoint]
    {
        try await database.of(tenant).pipeline([Self.withoutCompiling, Self.points(asset, tags, plan)])[1].decode()
    }

    /// PostgreSQL would compile a plan of many partitions for longer than it runs: five years took 8 s, and 2 s without.
    static let withoutCompiling: SQL = "SELECT set_config('jit', 'off', true)"

    private static func points(_ asset: AssetID, _ tags: [String], _ plan: SeriesPlan) -> SQL {
        let length: SQL = "make_interval(secs => \(Double(plan.seconds)))"
        guard let source = plan.source else {
            return
                """
                SELECT tag, date_bin(\(sql: length), time, 'epoch') AS point,
                    min(value) FILTER (WHERE quality = 'good') AS minimum,
                    max(value) FILTER (WHERE quality = 'good') AS maximum,
                    avg(value) FILTER (WHERE quality = 'good') AS average,
                    count(*) FILTER (WHERE quality = 'good') AS count,
                    count(*) FILTER (WHERE quality = 'bad') AS bad_count, count(*) AS total
                FROM readings
                WHERE asset_id = \(asset) AND tag = ANY(\(PostgresArray(tags))) AND time >= \(plan.range.lowerBound)
                    AND time < \(plan.range.upperBound)
                GROUP BY tag, point ORDER BY tag, point
                """
        }
        return
            """
            SELECT tag, date_bin(\(sql: length), start, 'epoch') AS point,
                min(minimum) AS minimum, max(maximum) AS maximum, sum(sum) / NULLIF(sum(count), 0)::float8 AS average,
                sum(count)::bigint AS count, sum(bad_count)::bigint AS bad_count,
                sum(count + uncertain_count + bad_count)::bigint AS total
            FROM aggregates
            WHERE asset_id = \(asset) AND tag = ANY(\(PostgresArray(tags))) AND minutes = \(Int32(source.minutes))
                AND start >= \(plan.range.lowerBound) AND start < \(plan.range.upperBound)
            GROUP BY tag, point ORDER BY tag, point
            """
    }

    /// The last reading of each tag that has any since a moment.
    func latest(_ asset: AssetID, of tenant: TenantID, _ tags: [String], since: Date) async throws
        -> [String: TelemetryPoint]
    {
        let rows = try await database.of(tenant).query(
            """
            SELECT wanted.tag, last.time, last.value, last.quality FROM unnest(\(PostgresArray(tags))) AS wanted (tag)
            CROSS JOIN LATERAL (
                SELECT time, value, quality FROM readings
                WHERE asset_id = \(asset) AND tag = wanted.tag AND time >= \(since) ORDER BY time DESC LIMIT 1
            ) last
            """
        )
        var latest: [String: TelemetryPoint] = [:]
        for row in rows {
            let tag: String = try row["tag"]
            latest[tag] = try row.decode()
        }
        return latest
    }

    /// The assets at the top of a ranking.
    ///
    /// - Parameter candidates: The assets that have the tag.
    func ranking(
        _ ranking: Ranking,
        among candidates: [AssetID],
        of tenant: TenantID,
        within reach: Reach,
        site: SiteID?,
        type: String?
    ) async throws -> [RankedAsset] {
        let conditions = SQL.all([
            "tenant_id = \(tenant)", "id = ANY(\(PostgresArray(candidates)))", reach.condition(.assets),
            site.map { "site_id = \($0)" }, type.map { "type = \($0)" },
        ])
        let windows: SQL = """
            FROM aggregates w WHERE w.asset_id = a.id AND w.tag = \(ranking.tag)
                AND w.minutes = \(Int32(ranking.windows.minutes)) AND w.start >= \(ranking.range.lowerBound)
                AND w.start < \(ranking.range.upperBound) AND w.count > 0
            """
        let query: SQL =
            """
            SELECT a.id AS asset_id, a.site_id, a.value, a.count, extreme.start AS at FROM (
                SELECT a.id, a.site_id, figures.value, figures.count
                FROM (SELECT id, site_id FROM assets WHERE \(sql: conditions)) a
                CROSS JOIN LATERAL (
                    SELECT \(sql: ranking.statistic.value) AS value, sum(w.count)::bigint AS count \(sql: windows)
                ) figures
                WHERE figures.value IS NOT NULL
                ORDER BY figures.value \(sql: ranking.order.direction), a.id LIMIT \(ranking.limit)
            ) a
            LEFT JOIN LATERAL (
                SELECT w.start \(sql: windows) AND \(sql: ranking.statistic.isExtreme) ORDER BY w.start LIMIT 1
            ) extreme ON true
            ORDER BY a.value \(sql: ranking.order.direction), a.id
            """
        return try await database.of(tenant).pipeline([Self.withoutCompiling, query])[1].decode()
    }
}

extension RankedStatistic {
    fileprivate var value: SQL {
        switch self {
        case .maximum: "max(w.maximum)"
        case .minimum: "min(w.minimum)"
        case .average: "sum(w.sum) / sum(w.count)::float8"
        }
    }

    /// Whether a window has the extreme.
    fileprivate var isExtreme: SQL {
        switch self {
        case .maximum: "w.maximum = a.value"
        case .minimum: "w.minimum = a.value"
        case .average: "false"
        }
    }
}

extension RankingOrder {
    fileprivate var direction: SQL { self == .highest ? "DESC" : "ASC" }
}

extension SeriesPoint: Record {
    static let columnNames = ["time": "point"]
}

extension RankedAsset: Record {}
