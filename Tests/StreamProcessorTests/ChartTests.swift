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

/// What charts and overviews read of telemetry.
@Suite struct ChartTests {
    private static let series = "/api/v1/assets/\(AssetID.sample(20))/telemetry/series"
    private static let hour = "from=2026-06-01T12:00:00Z&to=2026-06-01T13:00:00Z"

    // MARK: - Which points

    @Test(
        arguments: [
            // An hour: from readings, as short as the points allow.
            (3600.0, 2000, 2, nil), (3600, 500, 10, nil), (3600, 100, 60, .one), (21_600, 2000, 15, nil),
            // Longer than six hours: never from readings.
            (21_601, 2000, 60, .one), (86_400, 500, 300, .five), (86_400, 100, 900, .fifteen), (86_400, 2000, 60, .one),
            (7 * 86_400, 500, 1800, .fifteen), (31 * 86_400, 500, 7200, .sixty),
            (365 * 86_400, 500, 86_400, .sixty), (5 * 366 * 86_400, 2000, 86_400, .sixty),
            (5 * 366 * 86_400, 100, 28 * 86_400, .sixty),
        ] as [(Double, Int64, Int64, WindowLength?)]
    )
    func pointsAreAsShortAsTheirNumberAllows(length: Double, points: Int64, seconds: Int64, source: WindowLength?) {
        for offset in [0.0, 0.5, 1234.567, -5e9] {
            let start = Date.noon + offset
            let plan = SeriesPlan.fitting(start..<start + length, points: points)
            // A range that does not begin with a point may need one more, and then longer ones.
            if offset == 0 { #expect((plan.seconds, plan.source) == (seconds, source)) }
            #expect(plan.range.lowerBound <= start && plan.range.upperBound >= start + length)
            let covered = plan.range.upperBound.microseconds - plan.range.lowerBound.microseconds
            #expect(covered % (plan.seconds * 1_000_000) == 0 && covered / (plan.seconds * 1_000_000) <= points)
            #expect(plan.range.lowerBound.microseconds % (plan.seconds * 1_000_000) == 0)
        }
    }

    // MARK: - Series

    @Test func aChartGetsSeveralTagsAndItsGapsStay() async throws {
        try await withCharts { client, store in
            let readings: [(Double, Double, Quality, String)] = [
                (0, 1, .good, "ac_power"), (3, 4, .good, "ac_power"), (5, 1000, .bad, "ac_power"),
                (6, 1000, .uncertain, "ac_power"), (60, 7, .good, "ac_power"), (120, 9, .bad, "ac_power"),
                (-1, 5, .good, "ac_power"), (3600, 6, .good, "ac_power"), (1, 20, .good, "dc_voltage"),
            ]
            try await store.store(
                readings.map { offset, value, quality, tag in
                    let time = (Date.noon + offset).microseconds
                    return (.sample(20), TagReading(tag: tag, timestamp: time, value: value, quality: quality))
                },
                [],
                []
            )
            let answer = try await client.send(
                .get,
                "\(Self.series)?tag=dc_voltage&tag=ac_power&tag=none&tag=ac_power&\(Self.hour)&points=500"
            )
            #expect((answer.status, answer["source"], answer.number("seconds")) == (.ok, "readings", 10))
            #expect((answer["from"], answer["to"]) == ("2026-06-01T12:00:00.000Z", "2026-06-01T13:00:00.000Z"))
            let series = answer.object["series"] as? [[String: Any]] ?? []
            #expect(series.map { $0["tag"] as? String } == ["dc_voltage", "ac_power", "none"])
            let noon = Int(Date.noon.timeIntervalSince1970) * 1000
            #expect(series[1]["times"] as? [Int] == [noon, noon + 60_000, noon + 120_000])
            #expect(Self.figures(series[1], "minimum") == [1, 7, nil])
            #expect(Self.figures(series[1], "maximum") == [4, 7, nil])
            #expect(Self.figures(series[1], "average") == [2.5, 7, nil])
            #expect(series[1]["count"] as? [Int] == [2, 1, 0])
            #expect(Self.figures(series[1], "badShare") == [0.25, 0, 1])
            #expect(series[0]["times"] as? [Int] == [noon] && Self.figures(series[0], "average") == [20])
            #expect(series[2]["times"] as? [Int] == [])
        }
    }

    @Test func longTimesComeFromWindows() async throws {
        try await withCharts { client, store in
            let tag = "ac_power"
            let windows: [TelemetryAggregated] = [
                .sample(.noon, minutes: 60, tag, average: 10, count: 1, bad: 1),
                .sample(.noon + 3600, minutes: 60, tag, average: 20, count: 3),
                .sample(.noon + 86_400, minutes: 60, tag, average: 30, count: 2),
                // Other lengths and assets are others' points.
                .sample(.noon, minutes: 5, tag, average: 1000, count: 9),
                .sample(.noon, minutes: 60, tag, average: 1000, count: 9, of: .sample(21)),
            ]
            try await store.store([], windows, [])
            let year = "from=2025-06-01T12:00:00Z&to=2026-06-03T00:00:00Z"
            let answer = try await client.send(.get, "\(Self.series)?tag=ac_power&\(year)")
            #expect((answer["source"], answer.number("seconds")) == ("1h", 86_400))
            let series = try #require((answer.object["series"] as? [[String: Any]])?.first)
            let day = Int(Date.noon.timeIntervalSince1970 - 43_200) * 1000
            #expect(series["times"] as? [Int] == [day, day + 86_400_000])
            // By the numbers of readings: (10 + 3 x 20) / 4.
            #expect(Self.figures(series, "average") == [17.5, 30])
            #expect(Self.figures(series, "minimum") == [9, 29] && Self.figures(series, "maximum") == [21, 31])
            #expect(series["count"] as? [Int] == [4, 2] && Self.figures(series, "badShare") == [0.2, 0])
        }
    }

    @Test func whatAChartCannotAskIsNamed() async throws {
        try await withCharts { client, _ in
            for (query, field) in [
                ("", "tag"), ((0..<9).map { "tag=t\($0)" }.joined(separator: "&"), "tag"),
                ("tag=a&tag=b%20c", "tag[1]"),
                ("tag=t&points=99", "points"), ("tag=t&points=2001", "points"),
                ("tag=t&from=2026-06-01T12:00:00Z&to=2026-06-01T12:00:00Z", "to"),
                ("tag=t&from=2020-06-01T12:00:00Z&to=2026-06-01T12:00:00Z", "from"),
                ("tag=t&to=0001-01-01T00:00:00Z&from=0001-01-01T00:00:00Z", "to"),
            ] {
                let answer = try await client.send(.get, "\(Self.series)?\(query)")
                #expect((answer.status, answer.wrongFields) == (.badRequest, [field]), "\(query): \(answer.text)")
            }
        }
    }

    // MARK: - Last values

    @Test func theLastValueOfEverySensorIsRead() async throws {
        try await withCharts { client, store in
            let readings: [(Double, Double, Quality, String)] = [
                (0, 1, .good, "ac_power"), (60, 2, .bad, "ac_power"), (-10, 3, .good, "ac_power"),
                (0, 4, .good, "unregistered"), (-32 * 86_400, 5, .good, "dc_voltage"),
            ]
            try await store.store(
                readings.map { offset, value, quality, tag in
                    let time = (Date.noon + offset).microseconds
                    return (.sample(20), TagReading(tag: tag, timestamp: time, value: value, quality: quality))
                },
                [],
                []
            )
            let path = "/api/v1/assets/\(AssetID.sample(20))/telemetry/latest"
            let items = try await client.send(.get, path).items
            #expect(items.map { $0["tag"] as? String } == ["ac_power", "dc_voltage"])
            #expect(items[0]["value"] as? Int == 2 && items[0]["quality"] as? String == "bad")
            #expect(items[0]["time"] as? String == "2026-06-01T12:01:00.000Z" && items[0]["unit"] as? String == "kW")
            // Silent for longer than 31 days.
            #expect(items[1]["time"] == nil && items[1]["value"] == nil)
        }
    }

    // MARK: - Ranking

    @Test func theHottestOfLastWeekIsFound() async throws {
        try await withCharts { client, store in
            try await store.set(.sample(.sample(21), at: .sample(30), type: "inverter"))
            try await store.set(.sample(.sample(22), at: .sample(31), type: "battery"))
            let tag = "ac_power"
            let windows: [TelemetryAggregated] = [
                .sample(.noon - 7200, minutes: 60, tag, average: 10, count: 1),
                .sample(.noon - 3600, minutes: 60, tag, average: 50, count: 3),
                .sample(.noon - 3600, minutes: 60, tag, average: 45, count: 1, of: .sample(21)),
                .sample(.noon - 3600, minutes: 60, tag, average: 70, count: 1, of: .sample(22)),
                // Before the range, another tag, another tenant's asset.
                .sample(.noon - 8 * 86_400, minutes: 60, tag, average: 99, count: 1),
                .sample(.noon - 3600, minutes: 60, "dc_voltage", average: 99, count: 1),
                .sample(.noon - 3600, minutes: 60, tag, average: 99, count: 1, of: .sample(25)),
            ]
            try await store.store([], windows, [])
            func ranking(_ query: String, _ client: ServiceClient) async throws -> [String] {
                try await client.send(.get, "/api/v1/telemetry/ranking?tag=ac_power&\(query)").items.map { item in
                    let id = (item["assetId"] as? String ?? "").suffix(2)
                    return "\(id) \(item["value"] ?? "")"
                }
            }
            let ids = [20, 21, 22].map { String(AssetID.sample($0).description.suffix(2)) }
            let week = "to=2026-06-01T12:00:00Z"
            #expect(try await ranking(week, client) == ["\(ids[2]) 71", "\(ids[0]) 51", "\(ids[1]) 46"])
            #expect(try await ranking("\(week)&limit=1", client) == ["\(ids[2]) 71"])
            #expect(try await ranking("\(week)&type=inverter", client) == ["\(ids[1]) 46"])
            #expect(
                try await ranking("\(week)&statistic=minimum&order=lowest", client)
                    == ["\(ids[0]) 9", "\(ids[1]) 44", "\(ids[2]) 69"]
            )
            // (10 + 3 x 50) / 4
            #expect(
                try await ranking("\(week)&statistic=average&order=lowest", client)
                    == ["\(ids[0]) 40", "\(ids[1]) 45", "\(ids[2]) 70"]
            )
            #expect(try await ranking("\(week)&siteId=\(SiteID.sample(31))", client) == ["\(ids[2]) 71"])
            let first = try await client.send(.get, "/api/v1/telemetry/ranking?tag=ac_power&limit=1&\(week)").items
                .first
            #expect(first?["at"] as? String == "2026-06-01T11:00:00.000Z")
            client.authority.grantEverything("sites", .sites)
            client.authority.place(.anna, of: .sunfield, Membership(sites: [.sample(30)]))
            let anna = try await client.acting(as: .anna, of: .sunfield, roles: ["sites"])
            #expect(try await ranking(week, anna) == ["\(ids[0]) 51", "\(ids[1]) 46"])
            let long = try await client.send(.get, "/api/v1/telemetry/ranking?tag=t&from=2026-01-01T00:00:00Z&\(week)")
            #expect((long.status, long.wrongFields) == (.badRequest, ["from"]))
        }
    }

    // MARK: - Parts

    private static func figures(_ series: [String: Any], _ name: String) -> [Double?] {
        (series[name] as? [Any] ?? []).map { ($0 as? NSNumber)?.doubleValue }
    }

    /// With the registry of the tests: `ac_power` of four assets, of which 25 is Windward's, and `dc_voltage` of asset 20.
    private func withCharts(_ body: @escaping @Sendable (ServiceClient, TelemetryStore) async throws -> Void)
        async throws
    {
        try await withTelemetry { client, store in
            try await store.set(.sample(.sample(20), at: .sample(30), type: "transformer"))
            try await body(client, store)
        }
    }
}

extension Registry {
    /// What the tests of the routes know.
    static let ofCharts: Registry = {
        var registry = Registry()
        for (asset, tag) in [(20, "ac_power"), (20, "dc_voltage"), (21, "ac_power"), (22, "ac_power")]
            as [(UInt8, String)]
        {
            registry.set(.sample(.sample(asset), tag, of: .sunfield))
        }
        registry.set(.sample(.sample(25), "ac_power", of: .windward))
        return registry
    }()
}

extension SensorState {
    fileprivate static func sample(_ asset: AssetID, _ tag: String, of tenant: TenantID) -> SensorState {
        SensorState(
            id: .new(),
            tenant: tenant,
            site: .sample(30),
            siteCode: "S",
            asset: asset,
            assetCode: "\(asset)",
            tag: tag,
            unit: "kW",
            minimum: nil,
            maximum: nil,
            version: 1
        )
    }
}

extension AssetState {
    fileprivate static func sample(_ id: AssetID, at site: SiteID, type: String) -> AssetState {
        AssetState(
            id: id,
            tenant: .sunfield,
            site: site,
            siteCode: "S",
            code: "A",
            name: "A",
            type: type,
            status: .operational,
            parent: nil,
            level: 1,
            ratedPowerKW: nil,
            tags: [],
            version: 2
        )
    }
}

extension TelemetryAggregated {
    /// The figures of its readings lie one below and one above the average.
    fileprivate static func sample(
        _ start: Date,
        minutes: Int,
        _ tag: String,
        average: Double,
        count: Int64,
        bad: Int64 = 0,
        of asset: AssetID = .sample(20)
    ) -> TelemetryAggregated {
        TelemetryAggregated(
            tenant: .sunfield,
            site: .sample(30),
            asset: asset,
            tag: tag,
            minutes: minutes,
            start: start,
            count: count,
            average: average,
            minimum: average - 1,
            maximum: average + 1,
            sum: average * Double(count),
            standardDeviation: 0,
            uncertainCount: 0,
            badCount: bad
        )
    }
}
