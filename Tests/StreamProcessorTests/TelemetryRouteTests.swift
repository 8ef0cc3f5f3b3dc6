import Access
import EventSchema
import Foundation
import HTTPTypes
import Identifiers
import Postgres
import ServiceKit
import TestSupport
import Testing

@testable import StreamProcessor

@Suite struct TelemetryRouteTests {
    private static let path = "/api/v1/assets/\(AssetID.sample(20))/telemetry?tag=ac_power"
    private static let range = "&from=2026-06-01T12:00:00Z&to=2026-06-01T13:00:00Z"

    @Test func readingsOfARangeAndATagAreListedInOrder() async throws {
        try await withTelemetry { client, store in
            let times = [-1, 0, 60, 3599, 3600].map { Date.noon + Double($0) }
            try await store.store(times.shuffled().map { Self.reading($0) } + [Self.reading(.noon, tag: "dc_voltage")])
            let answer = try await client.send(.get, Self.path + Self.range)
            #expect(
                answer.items.map { $0["time"] as? String } == [
                    "2026-06-01T12:00:00.000Z", "2026-06-01T12:01:00.000Z", "2026-06-01T12:59:59.000Z",
                ]
            )
            #expect(answer.items.first?["quality"] as? String == "good")
            // Without a range, the last 24 hours are listed.
            #expect(try await client.send(.get, Self.path).items.count == 5)
        }
    }

    @Test func pagesHaveEveryReadingOnceEvenAtTheSameTime() async throws {
        try await withTelemetry { client, store in
            // Seven readings at the same time, then some within one millisecond.
            let same = (0..<7).map { Self.reading(.noon, value: Double($0)) }
            let close = (1...5).map { Self.reading(.noon + Double($0) * 0.000_1, value: Double(6 + $0)) }
            try await store.store((same + close).shuffled())
            for limit in [1, 2, 3, 5] {
                let values = try await client.all(Self.path + Self.range, limit: limit).compactMap {
                    $0["value"] as? Int
                }
                #expect(values == Array(0..<12), "\(limit)")
            }
        }
    }

    @Test func aggregatesAreListedByInterval() async throws {
        try await withTelemetry { client, store in
            let windows = (0..<6).map { Self.window(.noon + Double($0) * 300, minutes: 5, average: Double($0)) }
            try await store.store([], windows + [Self.window(.noon, minutes: 60, average: 42)])
            let hours = try await client.send(.get, Self.path + Self.range + "&interval=1h").items
            #expect(hours.map { $0["average"] as? Int } == [42])
            #expect(hours[0]["count"] as? Int == 4)
            let fives = try await client.all(Self.path + Self.range + "&interval=5m", limit: 2)
            #expect(fives.compactMap { $0["average"] as? Int } == Array(0..<6))
            // A late reading corrects its window.
            try await store.store([], [Self.window(.noon, minutes: 60, average: 43)])
            #expect(
                try await client.send(.get, Self.path + Self.range + "&interval=1h").items.map { $0["average"] as? Int }
                    == [43]
            )
        }
    }

    @Test func aWindowWithoutAGoodReadingHasNoFigures() async throws {
        try await withTelemetry { client, store in
            var empty = Self.window(.noon, minutes: 60, average: 0)
            (empty.count, empty.badCount, empty.sum) = (0, 3, 0)
            (empty.average, empty.minimum, empty.maximum, empty.standardDeviation) = (nil, nil, nil, nil)
            try await store.store([], [empty])
            let hour = try #require(
                try await client.send(.get, Self.path + Self.range + "&interval=1h").items.first
            )
            #expect(hour["count"] as? Int == 0)
            #expect(hour["badCount"] as? Int == 3)
            for figure in ["average", "minimum", "maximum", "standardDeviation"] { #expect(hour[figure] == nil) }
            // The database also refuses a 0 in its place.
            empty.average = 0
            let wrong = empty
            await #expect(throws: PostgresError.self) { try await store.store([], [wrong]) }
        }
    }

    @Test func anotherTenantsAssetIsNotFound() async throws {
        try await withTelemetry { client, store in
            try await store.store([Self.reading(.noon)])
            let foreign = try await client.acting(as: .bo, of: .windward)
            #expect(try await foreign.send(.get, Self.path + Self.range).status == .notFound)
            let unknown = "/api/v1/assets/\(AssetID.new())/telemetry?tag=ac_power"
            #expect(try await client.send(.get, unknown).status == .notFound)
            let powerless = try await client.acting(as: .bo, of: .sunfield, roles: ["none"])
            #expect(try await powerless.send(.get, Self.path).status == .forbidden)
        }
    }

    @Test func everyInvalidParameterIsNamed() async throws {
        try await withTelemetry { client, _ in
            func cursor(_ json: String) -> String { Data(json.utf8).base64EncodedString().replacing("=", with: "") }
            let asset = "/api/v1/assets/\(AssetID.sample(20))/telemetry"
            for (query, field) in [
                ("", "tag"), ("?tag=", "tag"), ("?tag=%00", "tag"), ("?tag=t&interval=2m", "interval"),
                ("?tag=t&from=2026-02-30T00:00:00Z", "from"), ("?tag=t&to=0000-06-01T00:00:00Z", "to"),
                ("?tag=t&from=yesterday", "from"), ("?tag=t&to=1", "to"), ("?tag=t&limit=0", "limit"),
                ("?tag=t&from=2026-06-01T12:00:00Z&to=2026-06-01T12:00:00Z", "to"), ("?tag=t&cursor=x", "cursor"),
                ("?tag=t&cursor=\(cursor("{\"time\":-9223372036854775808,\"count\":0}"))", "cursor"),
                ("?tag=t&cursor=\(cursor("{\"time\":0,\"count\":-1}"))", "cursor"),
            ] {
                let answer = try await client.send(.get, asset + query)
                #expect((answer.status, answer.wrongFields) == (.badRequest, [field]), "\(query)")
            }
        }
    }

    // MARK: - Samples

    private static func reading(_ time: Date, value: Double = 1, tag: String = "ac_power") -> (
        AssetID, TagReading
    ) {
        (.sample(20), TagReading(tag: tag, timestamp: time.microseconds, value: value, quality: .good))
    }

    private static func window(_ start: Date, minutes: Int, average: Double) -> TelemetryAggregated {
        TelemetryAggregated(
            tenant: .sunfield,
            site: .sample(30),
            asset: .sample(20),
            tag: "ac_power",
            minutes: minutes,
            start: start,
            count: 4,
            average: average,
            minimum: 0,
            maximum: 100,
            sum: 4 * average,
            standardDeviation: 1,
            uncertainCount: 0,
            badCount: 0
        )
    }
}

extension TelemetryStore {
    fileprivate func store(
        _ readings: [(AssetID, TagReading)],
        _ windows: [TelemetryAggregated] = []
    ) async throws {
        try await store(readings.map { (asset: $0, reading: $1) }, windows, [])
    }
}

func withTelemetry(
    knowing registry: Registry = .ofCharts,
    _ body: @escaping @Sendable (ServiceClient, TelemetryStore) async throws -> Void
) async throws {
    try await withDatabase(.all) { database in
        let authority = try await TestAuthority(roles: ["all": Permission.allCases, "none": []])
        let store = TelemetryStore(database: database)
        try await store.set(
            SensorState(
                id: .new(),
                tenant: .sunfield,
                site: .sample(30),
                siteCode: "S",
                asset: .sample(20),
                assetCode: "INV-2",
                tag: "ac_power",
                unit: "kW",
                minimum: nil,
                maximum: nil,
                version: 1
            )
        )
        let now: @Sendable () -> Date = { .noon + 7200 }
        let routes =
            try TelemetryRoutes(store: store, now: now).all()
            + ChartRoutes(store: store, registry: { registry }, now: now).all()
            + PlantRoutes(store: store, registry: { registry }, now: now).all()
        try await Daemon.forTests("stream-processor", authority).withRoutes(authority, routes) {
            try await body($0, store)
        }
    }
}
