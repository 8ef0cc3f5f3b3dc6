import Access
import EventSchema
import Foundation
import HTTPTypes
import Identifiers
import LocalServers
import Messaging
import Postgres
import RedisClient
import ServiceKit
import TestSupport
import Testing

@testable import MLScoring

@Suite struct PredictionRouteTests {
    private static func path(_ asset: AssetID) -> String { "/api/v1/assets/\(asset)/prediction" }

    /// An event that no feature uses must not cost a row or a claim.
    @Test func onlyHourlyWindowsOfKnownTagsAreUsed() {
        func window(_ minutes: Int, _ tag: String) -> TelemetryAggregated {
            Self.window(.sample(20), tag: tag, minutes: minutes, maximum: 60)
        }
        #expect(FeatureStore.isOfUse(window(60, "inverter_temperature")))
        for minutes in [1, 5, 15] { #expect(!FeatureStore.isOfUse(window(minutes, "inverter_temperature"))) }
        #expect(!FeatureStore.isOfUse(window(60, "unheard_of")))
    }

    @Test func aPredictionIsStoredWithItsFeatures() async throws {
        try await withScoring { client, store, asset in
            let answer = try await client.send(.get, Self.path(asset))
            let told = try #require(try await store.database.outbox(of: PredictionMade.self).first)
            let row = try #require(try await store.database.of(.sunfield).first("SELECT * FROM predictions"))
            #expect(try (row["id"], row["asset_id"]) == (told.id, asset))
            #expect(try row["failure_probability"] == answer.number("failureProbability"))
            #expect(try row["confidence"] == answer.number("confidence"))
            #expect(try row["predicted_at"] == Date.noon)
            let features: JSONB = try row["features"]
            let vector = try JSONDecoder().decode(FeatureStore.Vector.self, from: Data(features.text.utf8))
            #expect(vector.values.count == Features.names.count)
        }
    }

    @Test func aHotAssetIsLikelyToFailAndTheAnswerExplainsWhy() async throws {
        try await withScoring { client, store, asset in
            let cool = try await client.send(.get, Self.path(asset))
            #expect((cool.status, cool.number("failureProbability")) == (.ok, 0.125))
            #expect(cool.number("confidence") == 1)
            try await store.redis.delete("feature:\(asset)")
            try await store.database.handle(Self.window(asset, maximum: 95), by: store.put)
            let hot = try await client.send(.get, Self.path(asset))
            #expect(hot.number("failureProbability") == 0.625)
            #expect(hot.number("confidence") == 0.5)
            #expect((hot["model"], hot.number("horizonDays")) == ("failure-1", 7))
            #expect(hot["featuresComputedAt"] == "2026-06-01T12:00:00.000Z")
            let factors = try #require(hot.object["explanation"] as? [[String: Any]])
            #expect(factors.count == 5)
            #expect(factors[0]["feature"] as? String == "temperature_max")
            #expect(factors[0]["value"] as? Double == 95)
            let weights = factors.compactMap { ($0["weight"] as? Double).map(abs) }
            #expect(weights == weights.sorted(by: >))
            let told = try await store.database.outbox(of: PredictionMade.self)
            #expect(told.map(\.failureProbability) == [0.125, 0.625])
            #expect(try await store.database.of(.sunfield).count("SELECT count(*) FROM predictions") == 2)
        }
    }

    @Test func featuresAreComputedFromClosedHoursAndWorkOrders() async throws {
        try await withScoring { _, store, asset in
            try await store.database.handle(Self.window(asset, maximum: 50), by: store.put)
            // A correction by a late reading, a window of another length, and a tag that no feature uses.
            try await store.database.handle(Self.window(asset, maximum: 60), by: store.put)
            try await store.database.handle(Self.window(asset, minutes: 5, maximum: 99), by: store.put)
            try await store.database.handle(Self.window(asset, tag: "humidity", maximum: 99), by: store.put)
            let order = WorkOrderState.sample()
            try await store.database.of(.sunfield).transaction { try await store.put(order, $0) }
            let known = try #require(try await store.asset(asset, tenant: .sunfield, within: .tenant))
            let vector = try await store.features(of: known, at: .noon)
            let values = Dictionary(uniqueKeysWithValues: zip(Features.names, vector.values))
            #expect(values["temperature_max"] == 60)
            #expect(values["silent_hours"] == 167)
            // The work order belongs to another asset.
            #expect(values["failures_30d"] == 0)
            // The features are cached in Redis, so an event within the same minute does not change them yet.
            try await store.database.handle(Self.window(asset, maximum: 70), by: store.put)
            #expect(try await store.features(of: known, at: .noon + 30).values == vector.values)
        }
    }

    @Test func featuresAreComputedWithoutRedis() async throws {
        try await withScoring(redis: "redis://127.0.0.1:1") { client, store, asset in
            try await store.database.handle(Self.window(asset, maximum: 95), by: store.put)
            #expect(try await client.send(.get, Self.path(asset)).number("failureProbability") == 0.625)
        }
    }

    @Test func cachedFeaturesOfAnotherVersionAreIgnored() async throws {
        try await withScoring { client, store, asset in
            let old = FeatureStore.Vector(values: [1, 2], computedAt: .noon)
            try await store.redis.set("feature:\(asset)", to: Array(try JSONEncoder().encode(old)), for: .seconds(60))
            #expect(try await client.send(.get, Self.path(asset)).number("failureProbability") == 0.125)
        }
    }

    @Test func anotherTenantsAssetIsNotFoundAndPermissionIsRequired() async throws {
        try await withScoring { client, store, asset in
            let foreign = try await client.acting(as: .bo, of: .windward)
            #expect(try await foreign.send(.get, Self.path(asset)).status == .notFound)
            #expect(try await client.send(.get, Self.path(.new())).status == .notFound)
            #expect(try await client.send(.get, "/api/v1/assets/x/prediction").status == .notFound)
            let powerless = try await client.acting(as: .bo, of: .sunfield, roles: ["none"])
            #expect(try await powerless.send(.get, Self.path(asset)).status == .forbidden)
            let table = try await foreign.send(.get, "/api/v1/predictions/training-set")
            #expect(table.text.split(separator: "\n").count == 1)
            #expect(try await store.database.outbox().isEmpty)
            try await store.database.of(.sunfield).transaction { try await store.removeAsset(asset, $0) }
            #expect(try await client.send(.get, Self.path(asset)).status == .notFound)
        }
    }

    /// There is one hour of figures every six hours for a day and a half, and a failure at noon, just after the last one.
    @Test func theTrainingSetHasFailuresBeforeTheirHorizonEnds() async throws {
        try await withScoring { client, store, asset in
            for hour in stride(from: -36, through: 0, by: 6) {
                var window = Self.window(asset, maximum: 50)
                window.start = .noon + Double(hour) * 3600 - 60
                try await store.database.handle(window, by: store.put)
            }
            func rows() async throws -> [String] {
                let table = try await client.send(.get, "/api/v1/predictions/training-set?horizonDays=1")
                return table.text.split(separator: "\n").dropFirst().map { String($0.suffix(1)) }
            }
            // Only two of the six moments are at least one day old.
            #expect(try await rows() == ["0", "0"])
            var order = WorkOrderState.sample()
            order.asset = asset
            try await store.database.of(.sunfield).transaction { [order] in try await store.put(order, $0) }
            #expect(try await rows() == ["0", "0", "1", "1", "1", "1"])
        }
    }

    /// The type is corrected, an older state arrives again, and finally the work order is deleted.
    @Test func aWorkOrdersLatestStateCounts() async throws {
        try await withScoring { _, store, asset in
            func apply(_ type: WorkOrderType, version: Int64) async throws {
                var order = WorkOrderState.sample(version: version)
                (order.asset, order.type) = (asset, type)
                try await store.database.of(.sunfield).transaction { [order] in try await store.put(order, $0) }
            }
            func failures() async throws -> Int {
                let asset = try #require(try await store.asset(asset, tenant: .sunfield, within: .tenant))
                return try await store.basis(of: asset, from: .noon - 3600, to: .noon + 3600).1.failures.count
            }
            try await apply(.corrective, version: 1)
            #expect(try await failures() == 1)
            try await apply(.inspection, version: 2)
            try await apply(.corrective, version: 1)
            #expect(try await failures() == 0)
            try await apply(.corrective, version: 3)
            for _ in 0..<2 {
                try await store.database.of(.sunfield).transaction { try await store.removeWorkOrder(.sample(40), $0) }
            }
            #expect(try await failures() == 0)
        }
    }

    @Test func withoutAModelTheServiceIsUnavailable() async throws {
        try await withScoring(hasModel: false) { client, _, asset in
            let answer = try await client.send(.get, Self.path(asset))
            #expect((answer.status, answer["code"]) == (.serviceUnavailable, "no_model"))
            for days in ["0", "x", "91"] {
                let refused = try await client.send(.get, "/api/v1/predictions/training-set?horizonDays=\(days)")
                #expect(refused.wrongFields == ["horizonDays"])
            }
        }
    }

    // MARK: - Samples

    private static func window(
        _ asset: AssetID,
        tag: String = "inverter_temperature",
        minutes: Int = 60,
        maximum: Double
    ) -> TelemetryAggregated {
        TelemetryAggregated(
            tenant: .sunfield,
            site: .sample(30),
            asset: asset,
            tag: tag,
            minutes: minutes,
            start: .noon - 7200,
            count: 4,
            average: maximum - 1,
            minimum: 0,
            maximum: maximum,
            sum: 4,
            standardDeviation: 0,
            uncertainCount: 0,
            badCount: 0
        )
    }

    /// Two trees: `temperature_max <= 90 ? 0 : 1`, and always 0.25.
    fileprivate static func model() throws -> LoadedModel {
        let hottest = Int32(Features.names.firstIndex(of: "temperature_max") ?? 0)
        let file = ModelFile(
            format: ModelFile.knownFormat,
            name: "failure",
            version: "1",
            features: Features.names,
            horizonDays: 7,
            trainedAt: "",
            trainingData: "",
            metrics: [:],
            trees: [
                .init(
                    feature: [hottest, -2, -2],
                    threshold: [90, -2, -2],
                    left: [1, -1, -1],
                    right: [2, -1, -1],
                    share: [0.5, 0, 1]
                ),
                .init(feature: [-2], threshold: [-2], left: [-1], right: [-1], share: [0.25]),
            ]
        )
        return LoadedModel(name: "failure-1", horizonDays: 7, forest: try file.forest(features: Features.names))
    }
}

func withScoring(
    redis: String? = nil,
    hasModel: Bool = true,
    _ body: @escaping @Sendable (ServiceClient, FeatureStore, AssetID) async throws -> Void
) async throws {
    try await withDatabase(.all) { database in
        let authority = try await TestAuthority(roles: ["all": Permission.allCases, "none": []])
        let url = if let redis { redis } else { try await TestServers.redis().url }
        let store = FeatureStore(database: database, redis: try Redis(url: url))
        // The asset needs a unique id, because the tests share one Redis.
        let asset = AssetState(
            id: .new(),
            tenant: .sunfield,
            site: .sample(30),
            siteCode: "S",
            code: "INV-2",
            name: "Inverter",
            type: "inverter",
            status: .operational,
            parent: nil,
            level: 1,
            ratedPowerKW: 100,
            tags: [],
            version: 1
        )
        try await database.of(asset.tenant).transaction { try await store.put(asset, $0) }
        let routes = PredictionRoutes(
            store: store,
            model: hasModel ? try PredictionRouteTests.model() : nil,
            now: { .noon }
        )
        let daemon = Daemon.forTests("ml-scoring", authority)
        let operations = try OperationsRoutes(database, daemon, EventConsumer(database, daemon)).all()
        try await daemon.withRoutes(authority, try routes.all() + operations) {
            try await body($0, store, asset.id)
        }
    }
}
