import Access
import EventSchema
import Foundation
import HTTPTypes
import Identifiers
import Kafka
import LocalServers
import Messaging
import Postgres
import RedisClient
import ServiceKit
import TestSupport
import Testing

@testable import Assets

/// Nothing that others refer to is deleted, and no new record refers to one that is deleted at the same time.
@Suite struct ReferenceTests {
    @Test func anAssetWithOpenWorkIsNotDeletedUntilTheWorkIsClosed() async throws {
        try await withAssetPlant(kafka: try await TestServers.broker().bootstrap) { plant in
            let asset = try await plant.asset("A1")
            var order = WorkOrderState.sample(.new())
            order.asset = try #require(AssetID(asset))
            try await plant.apply(order)
            let refused = try await plant.client.send(.delete, "/api/v1/assets/\(asset)")
            #expect((refused.status, refused["code"]) == (.conflict, "has_open_work"))
            #expect(refused["detail"]?.contains("WO-2026-000001") == true)
            #expect(try await plant.client.send(.get, "/api/v1/assets/\(asset)").status == .ok)
            order.status = .completed
            order.version = 2
            try await plant.apply(order)
            #expect(try await plant.client.send(.delete, "/api/v1/assets/\(asset)").status == .noContent)
        }
    }

    @Test func anAssetIsNotDeletedWhileItsOpenWorkIsUnknown() async throws {
        // Nothing listens on this port.
        try await withAssetPlant(kafka: "127.0.0.1:1") { plant in
            let asset = try await plant.asset("A1")
            let answer = try await plant.client.send(.delete, "/api/v1/assets/\(asset)")
            #expect((answer.status, answer["code"]) == (.serviceUnavailable, "open_work_unknown"))
            #expect(answer.headers[.retryAfter] == "5")
            #expect(try await plant.client.send(.get, "/api/v1/assets/\(asset)").status == .ok)
        }
    }

    /// A sensor is created while its asset is deleted: both get a tombstone.
    @Test func aSensorCreatedWhileItsAssetIsDeletedGetsATombstone() async throws {
        try await withAssetPlant { plant in
            let asset = try await plant.asset("A1")
            let sensor = SensorID.new()
            let id = try #require(AssetID(asset))
            let deletion = try await plant.database.owner.transaction { tx in
                try await tx.execute(
                    """
                    INSERT INTO sensors (id, tenant_id, asset_id, tag, unit, created_at, version)
                    VALUES (\(sensor), \(TenantID.sunfield), \(id), 't', 'V', \(Date.noon), 1)
                    """
                )
                let deletion = Task { try await plant.client.send(.delete, "/api/v1/assets/\(asset)") }
                try await plant.untilSomebodyWaits()
                return deletion
            }
            #expect(try await deletion.value.status == .noContent)
            let tombstones = try await plant.database.outbox().filter { $0.value == nil }.map(\.key)
            #expect(tombstones == [sensor.description, asset])
        }
    }

    @Test func newRecordsOnAnAssetThatIsBeingDeletedAreRefused() async throws {
        try await withAssetPlant { plant in
            let asset = try await plant.asset("A1")
            let id = try #require(AssetID(asset))
            let site = plant.site
            let (sensor, child) = try await plant.database.owner.transaction { tx in
                try await tx.execute("DELETE FROM assets WHERE id = \(id)")
                let body: [String: Any] = ["assetId": asset, "tag": "t", "unit": "V"]
                let below: [String: Any] = [
                    "siteId": site, "code": "A2", "name": "A2", "type": "turbine", "parentId": asset,
                ]
                let sensor = Task { [body = Sendables(body)] in
                    try await plant.client.send(.post, "/api/v1/sensors", body.value)
                }
                let child = Task { [below = Sendables(below)] in
                    try await plant.client.send(.post, "/api/v1/assets", below.value)
                }
                try await plant.untilSomebodyWaits(2)
                return (sensor, child)
            }
            let answer = try await sensor.value
            #expect((answer.status, answer["code"], answer.wrongFields) == (.badRequest, "unknown_asset", ["assetId"]))
            let other = try await child.value
            #expect((other.status, other["code"], other.wrongFields) == (.badRequest, "unknown_parent", ["parentId"]))
        }
    }

    @Test func theDatabaseDoesNotDeleteSensorsByCascade() async throws {
        try await withAssetPlant { plant in
            let asset = try await plant.asset("A1")
            let body: [String: Any] = ["assetId": asset, "tag": "t", "unit": "V"]
            #expect(try await plant.client.send(.post, "/api/v1/sensors", body).status == .created)
            await #expect(throws: PostgresError.self) { try await plant.database.owner.execute("DELETE FROM assets") }
        }
    }

    @Test(arguments: ["telemetry-ingest", "Telemetry-Ingest", "telemetry-ingest.daemon"])
    func aDaemonsNameIsNotAllowedAsASiteCode(code: String) async throws {
        try await withAssetPlant { plant in
            let body = ["code": code, "name": "S", "timeZone": "Europe/Paris"]
            let answer = try await plant.client.send(.post, "/api/v1/sites", body)
            #expect((answer.status, answer.wrongFields) == (.badRequest, ["code"]))
        }
    }
}

/// JSON that is passed to a task, which only reads it.
private struct Sendables: @unchecked Sendable {
    let value: [String: Any]

    init(_ value: [String: Any]) {
        self.value = value
    }
}

/// The service, its database, and the log that it reads.
private struct AssetPlant: Sendable {
    let client: ServiceClient
    let database: Database
    let producer: KafkaProducer?
    let site: String

    func asset(_ code: String) async throws -> String {
        let body = ["siteId": site, "code": code, "name": code, "type": "turbine"]
        return try #require(try await client.send(.post, "/api/v1/assets", body)["id"])
    }

    func apply(_ event: some Event) async throws {
        try await producer?.send(try KafkaRecord(event, of: .sunfield))
    }

    /// Waits until this many transactions wait for the locks of other transactions.
    func untilSomebodyWaits(_ count: Int = 1) async throws {
        try await eventually("a transaction that waits") {
            let waiting = try await database.count(
                """
                SELECT count(*) AS count FROM pg_stat_activity
                WHERE datname = current_database() AND wait_event_type = 'Lock'
                """
            )
            return waiting >= count ? () : nil
        }
    }
}

/// Runs a test against the routes with a database of its own, and with the consumer if `kafka` is given.
private func withAssetPlant(
    kafka: String? = nil,
    _ body: @escaping @Sendable (AssetPlant) async throws -> Void
) async throws {
    try await withDatabase(.all, maximumConnections: 8, as: TestRole.owner) { database in
        let authority = try await TestAuthority(roles: ["all": Permission.allCases])
        let daemon = Daemon.forTests("assets-\(UUID())", authority, kafka: kafka ?? "127.0.0.1:1")
        let listener: EventConsumer? = kafka == nil ? nil : consumer(database, daemon)
        let isThere = kafka != nil && kafka != "127.0.0.1:1"
        if isThere { try await daemon.ensureTopics([.workOrderState]) }
        let running = Task { if isThere { try await listener?.run() } }
        let producer = isThere ? try KafkaProducer(daemon.settings.kafka) : nil
        let routes = AssetRoutes(
            store: AssetStore(database: database),
            cache: HierarchyCache(redis: try Redis(url: try await TestServers.redis().url)),
            replicas: listener
        )
        try await daemon.withRoutes(authority, try routes.all()) { client in
            if isThere { try await eventually("the consumer") { try? listener?.check() } }
            let site = try await client.send(
                .post,
                "/api/v1/sites",
                ["code": "LHB", "name": "La Haute Borne", "timeZone": "Europe/Paris"]
            )
            let id = try #require(site["id"])
            try await body(AssetPlant(client: client, database: database, producer: producer, site: id))
        }
        await producer?.close()
        running.cancel()
        _ = try? await running.value
    }
}
