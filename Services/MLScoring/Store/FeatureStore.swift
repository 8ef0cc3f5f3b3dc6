import Access
import AccessSQL
import EventSchema
import Foundation
import Identifiers
import Messaging
import Postgres
import RedisClient

extension TagRole: PostgresEncodable, PostgresDecodable {}
extension HourFigures: Record {}
extension FeatureStore.Asset: Record {
    static let columnNames = ["tenant": "tenant_id"]
}

/// Stores the data that features are computed from in PostgreSQL, and computed rows in Redis.
struct FeatureStore: Sendable {
    let database: Database
    let redis: Redis

    /// A row of features and when it was computed.
    struct Vector: Codable, Sendable {
        var values: [Double]
        var computedAt: Date
    }

    /// How long a computed row is used before it is computed again.
    private static let freshness = Duration.seconds(60)

    struct Asset: Codable, Sendable {
        var id: AssetID
        var tenant: TenantID
        var ratedPowerKW: Double?
    }

    func asset(_ id: AssetID, tenant: TenantID, within reach: Reach) async throws -> Asset? {
        let conditions = SQL.all(["id = \(id)", "tenant_id = \(tenant)", reach.condition(.assets)])
        return try await database.of(tenant).first("SELECT * FROM assets WHERE \(sql: conditions)")?.decode()
    }

    func assets(tenant: TenantID, within reach: Reach) async throws -> [Asset] {
        let conditions = SQL.all(["tenant_id = \(tenant)", reach.condition(.assets)])
        return try await database.of(tenant).query("SELECT * FROM assets WHERE \(sql: conditions) ORDER BY id").decode()
    }

    /// The current features of an asset: from Redis if they are fresh, otherwise computed.
    func features(of asset: Asset, at now: Date) async throws -> Vector {
        let key = "feature:\(asset.id)"
        if let cached = try? await redis.get(key),
            let vector = try? JSONDecoder().decode(Vector.self, from: Data(cached)),
            // Another version of the daemon may have computed other features.
            vector.values.count == Features.names.count
        {
            return vector
        }
        let (hours, history) = try await basis(of: asset, from: now.addingTimeInterval(-Features.span), to: now)
        let vector = Vector(
            values: Features.compute(hours: hours, history: history, ratedPowerKW: asset.ratedPowerKW, at: now),
            computedAt: now
        )
        // Without Redis the next call computes the features again.
        try? await redis.set(key, to: Array(try JSONEncoder().encode(vector)), for: Self.freshness)
        return vector
    }

    /// All data that features between two moments are computed from.
    func basis(of asset: Asset, from: Date, to: Date) async throws -> ([HourFigures], MaintenanceHistory) {
        let results = try await database.of(asset.tenant).pipeline([
            """
            SELECT role, start, average, maximum, count, doubtful FROM hours
            WHERE asset_id = \(asset.id) AND tenant_id = \(asset.tenant) AND start >= \(from) AND start < \(to)
            """,
            """
            SELECT is_failure, created_at, completed_at FROM work_order_history
            WHERE asset_id = \(asset.id) AND tenant_id = \(asset.tenant)
            """,
        ])
        var history = MaintenanceHistory()
        for row in results[1] {
            if let completed: Date = try row["completed_at"] { history.completions.append(completed) }
            if try row["is_failure"] { history.failures.append(try row["created_at"]) }
        }
        return (try results[0].decode(), history)
    }

    /// The first and the last known hour of an asset.
    func span(of asset: Asset) async throws -> (Date, Date)? {
        let row = try await database.of(asset.tenant).first(
            """
            SELECT min(start) AS first, max(start) AS last FROM hours
            WHERE asset_id = \(asset.id) AND tenant_id = \(asset.tenant)
            """
        )
        guard let first: Date = try row?["first"], let last: Date = try row?["last"] else { return nil }
        return (first, last)
    }

    // MARK: - Data from events

    func put(_ asset: AssetState, _ tx: Transaction) async throws {
        try await tx.execute(
            """
            INSERT INTO assets (id, tenant_id, site_id, parent_id, type, rated_power_kw, version)
            VALUES (\(asset.id), \(asset.tenant), \(asset.site), \(asset.parent), \(asset.type),
                \(asset.ratedPowerKW), \(asset.version))
            ON CONFLICT (id) DO UPDATE SET site_id = excluded.site_id, parent_id = excluded.parent_id,
                type = excluded.type, rated_power_kw = excluded.rated_power_kw, version = excluded.version
            WHERE assets.version <= excluded.version
            """
        )
    }

    func removeAsset(_ id: AssetID, _ tx: Transaction) async throws {
        try await tx.execute("DELETE FROM assets WHERE id = \(id)")
    }

    /// Features are computed from windows of one hour. Most windows are shorter; they don't need a row in the inbox.
    static func isOfUse(_ window: TelemetryAggregated) -> Bool {
        window.minutes == 60 && window.count > 0 && TagRole(tag: window.tag) != nil
    }

    func put(_ delivery: Delivery<TelemetryAggregated>, _ tx: Transaction) async throws {
        let window = delivery.event
        guard Self.isOfUse(window), let role = TagRole(tag: window.tag) else { return }
        try await tx.execute(
            """
            INSERT INTO hours (tenant_id, asset_id, role, start, average, maximum, count, doubtful)
            VALUES (\(window.tenant), \(window.asset), \(role), \(window.start), \(window.average), \(window.maximum), \(window.count),
                \(window.uncertainCount + window.badCount))
            ON CONFLICT (asset_id, role, start) DO UPDATE SET average = excluded.average, maximum = excluded.maximum,
                count = excluded.count, doubtful = excluded.doubtful
            """
        )
    }

    func put(_ order: WorkOrderState, _ tx: Transaction) async throws {
        let isFailure = order.type == .emergency || order.type == .corrective
        try await tx.execute(
            """
            INSERT INTO work_order_history (work_order_id, tenant_id, asset_id, is_failure, created_at, completed_at, version)
            VALUES (\(order.id), \(order.tenant), \(order.asset), \(isFailure), \(order.createdAt), \(order.actualEnd),
                \(order.version))
            ON CONFLICT (work_order_id) DO UPDATE SET is_failure = excluded.is_failure,
                completed_at = excluded.completed_at, version = excluded.version
            WHERE work_order_history.version <= excluded.version
            """
        )
    }

    func removeWorkOrder(_ id: WorkOrderID, _ tx: Transaction) async throws {
        try await tx.execute("DELETE FROM work_order_history WHERE work_order_id = \(id)")
    }

    func keep(_ prediction: PredictionMade, _ features: Vector, by act: Act) async throws {
        let json = String(decoding: try JSONEncoder().encode(features), as: UTF8.self)
        try await database.transaction(for: act) { tx in
            try await tx.execute(
                """
                INSERT INTO predictions (id, tenant_id, asset_id, model, failure_probability, confidence, features, predicted_at)
                VALUES (\(prediction.id), \(prediction.tenant), \(prediction.asset), \(prediction.model),
                    \(prediction.failureProbability), \(prediction.confidence), \(JSONB(json)), \(prediction.at))
                """
            )
            try tx.publish(prediction, by: act)
        }
    }
}
