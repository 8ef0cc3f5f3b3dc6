import Access
import AccessSQL
import EventSchema
import Foundation
import Identifiers
import Messaging
import Postgres
import Synchronization

/// Readings, aggregates and the partitions' progress in PostgreSQL.
final class TelemetryStore: Sendable {
    let database: Database
    /// The days and months whose tables exist, as days since 1970.
    private let known = Mutex<(days: Set<Int64>, months: Set<Int64>)>(([], []))

    init(database: Database) {
        self.database = database
    }

    /// How far a partition has been stored, and the state to continue from.
    struct Progress: Sendable {
        var nextOffset: Int64 = 0
        var snapshot: Snapshot?
    }

    func progress(of partition: Int32) async throws -> Progress {
        let row = try await database.first(
            "SELECT next_offset, snapshot FROM partition_progress WHERE partition = \(partition)"
        )
        guard let row else { return Progress() }
        let bytes: [UInt8]? = try row["snapshot"]
        return Progress(
            nextOffset: try row["next_offset"],
            snapshot: bytes.flatMap { Snapshot(stored: $0) }
        )
    }

    /// How far one batch advances a partition.
    struct Advance: Sendable {
        var partition: Int32
        /// The stored offset as this instance knows it. If the database has another one, another instance has taken over.
        var from: Int64
        var to: Int64
        var snapshot: Snapshot?
    }

    /// Another instance now stores this partition.
    struct Overtaken: Error {
        var partition: Int32
    }

    /// Stores readings and aggregates, and moves the partitions' offsets with them: all or nothing.
    func store(
        _ accepted: [(asset: AssetID, reading: TagReading)],
        _ aggregates: [TelemetryAggregated],
        _ advances: [Advance]
    ) async throws {
        try await ensurePartitions(accepted, aggregates)
        // Straight into the tables of the days: PostgreSQL does not support COPY into a table with row policies.
        let copied = Dictionary(grouping: accepted) { Self.day(of: $0.reading.timestamp) }.map(Self.rows)
        let statements = try advances.map(Self.statement) + Self.latest(aggregates).map(Self.statement)
        try await database.ofEveryTenant.transaction { tx in
            let results = try await tx.pipeline(statements)
            for (advance, result) in zip(advances, results) where result.isEmpty {
                throw Overtaken(partition: advance.partition)
            }
            for rows in copied { try await tx.copy(rows) }
        }
    }

    private static func rows(of day: Int64, _ readings: [(asset: AssetID, reading: TagReading)]) -> CopyRows {
        let date = Date(timeIntervalSince1970: Double(day) * 86_400).formatted(.iso8601.year().month().day())
        var rows = CopyRows(
            into: "readings_\(date.replacing("-", with: ""))",
            columns: ["time", "asset_id", "tag", "value", "quality"]
        )
        for (asset, reading) in readings {
            rows.begin()
            rows.append(Date(microseconds: reading.timestamp))
            rows.append(asset)
            rows.append(reading.tag)
            rows.append(reading.value)
            rows.append(reading.quality.rawValue)
        }
        return rows
    }

    /// If a batch has several aggregates of one window, the last one counts.
    private static func latest(_ aggregates: [TelemetryAggregated]) -> [TelemetryAggregated] {
        var latest: [String: TelemetryAggregated] = [:]
        for aggregate in aggregates {
            latest["\(aggregate.asset)/\(aggregate.tag)/\(aggregate.minutes)/\(aggregate.start.microseconds)"] =
                aggregate
        }
        return Array(latest.values)
    }

    private static func statement(_ advance: Advance) throws -> SQL {
        let snapshot = try advance.snapshot.map { Array(try JSONEncoder().encode($0)) }
        let offset = advance.snapshot?.offset
        // The first time there is no row. After that, only the instance that stored the current offset may change it.
        return """
            INSERT INTO partition_progress AS p (partition, next_offset, snapshot_offset, snapshot)
            VALUES (\(advance.partition), \(advance.to), COALESCE(\(offset), 0), \(snapshot))
            ON CONFLICT (partition) DO UPDATE SET next_offset = excluded.next_offset,
                snapshot_offset = COALESCE(\(offset), p.snapshot_offset), snapshot = COALESCE(excluded.snapshot, p.snapshot)
            WHERE p.next_offset = \(advance.from)
            RETURNING partition
            """
    }

    private static func statement(_ aggregate: TelemetryAggregated) -> SQL {
        """
        INSERT INTO aggregates (asset_id, tag, minutes, start, count, average, minimum, maximum, sum,
            standard_deviation, uncertain_count, bad_count)
        VALUES (\(aggregate.asset), \(aggregate.tag), \(Int32(aggregate.minutes)), \(aggregate.start),
            \(aggregate.count), \(aggregate.average), \(aggregate.minimum), \(aggregate.maximum), \(aggregate.sum),
            \(aggregate.standardDeviation), \(aggregate.uncertainCount), \(aggregate.badCount))
        ON CONFLICT (asset_id, tag, minutes, start) DO UPDATE SET count = excluded.count, average = excluded.average,
            minimum = excluded.minimum, maximum = excluded.maximum, sum = excluded.sum,
            standard_deviation = excluded.standard_deviation, uncertain_count = excluded.uncertain_count,
            bad_count = excluded.bad_count
        """
    }

    /// Creates the tables of days and months that are needed and do not exist yet.
    private func ensurePartitions(
        _ accepted: [(asset: AssetID, reading: TagReading)],
        _ aggregates: [TelemetryAggregated]
    ) async throws {
        // Usually all readings are of one known day; that needs no calendar calculation.
        let days = accepted.reduce(into: Set<Int64>()) { $0.insert(Self.day(of: $1.reading.timestamp)) }
        let months = aggregates.reduce(into: Set<Int64>()) { $0.insert(Self.day(of: $1.start.microseconds)) }
        let isKnown = known.withLock { $0.days.isSuperset(of: days) && $0.months.isSuperset(of: months) }
        if isKnown { return }
        try await createPartitions(days, months)
        known.withLock {
            $0.days.formUnion(days)
            $0.months.formUnion(months)
        }
    }

    /// The UTC day of an instant, as days since 1970.
    private static func day(of microseconds: Int64) -> Int64 {
        let (day, rest) = microseconds.quotientAndRemainder(dividingBy: 86_400_000_000)
        return rest < 0 ? day - 1 : day
    }

    private func createPartitions(_ days: Set<Int64>, _ months: Set<Int64>) async throws {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = .gmt
        func range(_ day: Int64, _ component: Calendar.Component) -> (String, String)? {
            let date = Date(timeIntervalSince1970: Double(day) * 86_400)
            guard let interval = calendar.dateInterval(of: component, for: date) else { return nil }
            let style = Date.ISO8601FormatStyle.iso8601.year().month().day()
            return (interval.start.formatted(style), interval.end.formatted(style))
        }
        let wanted =
            days.compactMap { range($0, .day) }.map { ("readings", $0) }
            + months.compactMap { range($0, .month) }.map { ("aggregates", $0) }
        for (table, (start, end)) in wanted {
            try await database.execute("SELECT make_partition(\(table), \(start)::text::date, \(end)::text::date)")
        }
    }

    // MARK: - Queries

    func set(_ sensor: SensorState) async throws {
        try await database.of(sensor.tenant).execute(
            """
            INSERT INTO assets (id, tenant_id, site_id) VALUES (\(sensor.asset), \(sensor.tenant), \(sensor.site))
            ON CONFLICT DO NOTHING
            """
        )
    }

    /// Stores the site and the parent of an asset. A deleted asset is kept, because its readings are kept.
    func set(_ asset: AssetState) async throws {
        try await database.of(asset.tenant).execute(
            """
            INSERT INTO assets (id, tenant_id, site_id, parent_id, type, is_decommissioned, version)
            VALUES (\(asset.id), \(asset.tenant), \(asset.site), \(asset.parent), \(asset.type),
                \(asset.status == .decommissioned), \(asset.version))
            ON CONFLICT (id) DO UPDATE SET site_id = excluded.site_id, parent_id = excluded.parent_id,
                type = excluded.type, is_decommissioned = excluded.is_decommissioned, version = excluded.version
            WHERE assets.version <= excluded.version
            """
        )
    }

    func has(_ asset: AssetID, tenant: TenantID, within reach: Reach) async throws -> Bool {
        let conditions = SQL.all(["id = \(asset)", "tenant_id = \(tenant)", reach.condition(.assets)])
        return try await database.of(tenant).first("SELECT 1 FROM assets WHERE \(sql: conditions)") != nil
    }

    func readings(
        _ asset: AssetID,
        of tenant: TenantID,
        _ tag: String,
        _ range: Range<Date>,
        skipping skipped: Int,
        limit: Int
    ) async throws -> [TelemetryPoint] {
        try await database.of(tenant).query(
            """
            SELECT time, value, quality FROM readings
            WHERE asset_id = \(asset) AND tag = \(tag) AND time >= \(range.lowerBound) AND time < \(range.upperBound)
            ORDER BY time, value, quality OFFSET \(skipped) LIMIT \(limit)
            """
        ).decode()
    }

    func aggregates(
        _ asset: AssetID,
        of tenant: TenantID,
        _ tag: String,
        minutes: Int,
        _ range: Range<Date>,
        skipping skipped: Int,
        limit: Int
    ) async throws -> [TelemetryWindow] {
        try await database.of(tenant).query(
            """
            SELECT start, count, average, minimum, maximum, sum, standard_deviation, uncertain_count, bad_count
            FROM aggregates
            WHERE asset_id = \(asset) AND tag = \(tag) AND minutes = \(Int32(minutes)) AND start >= \(range.lowerBound)
                AND start < \(range.upperBound)
            ORDER BY start OFFSET \(skipped) LIMIT \(limit)
            """
        ).decode()
    }
}

extension TelemetryPoint: Record {}
extension TelemetryWindow: Record {}
