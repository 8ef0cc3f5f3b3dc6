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

/// What many sensors measure together.
@Suite struct PlantRouteTests {
    private static let latest = "/api/v1/telemetry/latest?tag=active_power&tag=ac_power"
    private static let sums = "/api/v1/telemetry/sums?tag=active_power&tag=ac_power"
    private static let hour = "&from=2026-06-01T12:00:00Z&to=2026-06-01T13:00:00Z"
    private static let (roof, farm) = (SiteID.sample(30), SiteID.sample(31))
    /// Another tenant's.
    private static let windward = SiteID.sample(35)

    // MARK: - Last values

    @Test func theLastValueOfEverySensorIsReadAtOnce() async throws {
        try await withPlants { client, store in
            try await store.store([
                (20, "ac_power", 0, 5), (20, "ac_power", 60, 7), (20, "ac_power", -60, 9), (20, "dc_power", 90, 11),
                (22, "active_power", 30, 2), (23, "active_power", 0, 99), (24, "ac_power", 10, 3000),
                // Silent for longer than 31 days.
                (21, "ac_power", -32 * 86_400, 1),
            ])
            let all = [
                "20 ac_power 7 kW", "20 active_power - kW", "21 ac_power - kW", "22 active_power 2 MW",
                "24 ac_power 3000 W", "26 active_power - %",
            ]
            #expect(try await Self.values(client, "") == all)
            #expect(try await Self.values(client, "&siteId=\(Self.farm)") == Array(all[3...]))
            #expect(try await Self.values(client, "&siteId=\(Self.farm)&siteId=\(Self.roof)") == all)
            // Another tenant's site adds nothing.
            #expect(try await Self.values(client, "&siteId=\(Self.windward)&siteId=\(Self.farm)") == Array(all[3...]))
            #expect(try await Self.values(client, "&siteId=\(Self.windward)") == [])
            for limit in 1...4 {
                let paged = try await client.all(Self.latest, limit: limit)
                #expect(paged.map(Self.value) == all, "\(limit)")
            }
            let items = try await client.send(.get, "\(Self.latest)&limit=1000").items
            #expect(
                items[0]["time"] as? String == "2026-06-01T12:01:00.000Z" && items[0]["quality"] as? String == "good"
            )
            #expect(
                items.map { $0["siteId"] as? String }
                    == [Self.roof, Self.roof, Self.roof, Self.farm, Self.farm, Self.farm].map(\.description)
            )
            let refused = try await client.send(.get, "\(Self.latest)&limit=1001")
            #expect((refused.status, refused.wrongFields) == (.badRequest, ["limit"]))
        }
    }

    // MARK: - Sums

    @Test func aSiteIsTheSumOfItsAssets() async throws {
        try await withPlants { client, store in
            let windows: [(UInt8, String, Double, Double?)] = [
                (20, "active_power", 0, 10), (21, "ac_power", 0, 4), (20, "active_power", 900, 20),
                // Another name of what asset 20 measures already.
                (20, "ac_power", 0, 1000),
                // Megawatts and watts. Asset 23 was in service then.
                (22, "active_power", 0, 2), (24, "ac_power", 0, 500), (23, "active_power", 0, 1),
                (23, "active_power", 1800, 1),
                // No reading of good quality, and outside the hour.
                (22, "active_power", 900, nil), (22, "active_power", -900, 7), (22, "active_power", 3600, 7),
                // Another tenant's.
                (25, "active_power", 0, 8),
            ]
            try await store.store([], windows.map { Self.window($0, $1, $2, $3) }, [])
            // An hour-long window is another's sum.
            try await store.store([], [Self.window(20, "active_power", 0, 77, minutes: 60)], [])
            let answer = try await client.send(.get, Self.sums + Self.hour)
            #expect(
                answer.items.map(Self.sum) == [
                    "30 kW 0:14/2 900:20/1 of 2, 2 heard", "31 % of 1, 0 heard",
                    "31 kW 0:3000.5/3 1800:1000/1 of 2, 2 heard",
                ]
            )
            #expect(
                answer.items[0]["times"] as? [Int]
                    == [0, 900].map { (Int(Date.noon.timeIntervalSince1970) + $0) * 1000 }
            )
            #expect(
                try await client.send(.get, "\(Self.sums)\(Self.hour)&interval=1h").items.map(Self.sum).first
                    == "30 kW 0:77/1 of 2, 1 heard"
            )
            #expect(
                try await client.send(.get, "\(Self.sums)\(Self.hour)&siteId=\(Self.roof)").items.map(Self.sum) == [
                    "30 kW 0:14/2 900:20/1 of 2, 2 heard"
                ]
            )
            for (sites, items) in [
                ([Self.farm, Self.roof], answer.items), ([Self.farm, Self.windward], Array(answer.items[1...])),
                ([Self.windward, .sample(99)], []),
            ] {
                let query = sites.map { "&siteId=\($0)" }.joined()
                let found = try await client.send(.get, Self.sums + Self.hour + query).items
                #expect(found.map(Self.sum) == items.map(Self.sum), "\(query)")
            }
            for limit in 1...2 {
                #expect(
                    try await client.all(Self.sums + Self.hour, limit: limit).map(Self.sum)
                        == answer.items.map(Self.sum),
                    "\(limit)"
                )
            }
        }
    }

    @Test func whatCannotBeAskedIsNamed() async throws {
        try await withPlants { client, _ in
            for path in ["latest", "sums"] {
                for (query, field) in [
                    ("", "tag"), ("tag=a%20b", "tag[0]"), ("tag=t&siteId=1", "siteId[0]"), ("tag=t&cursor=x", "cursor"),
                    ("tag=t&limit=0", "limit"),
                ] {
                    let answer = try await client.send(.get, "/api/v1/telemetry/\(path)?\(query)")
                    #expect(
                        (answer.status, answer.wrongFields) == (.badRequest, [field]),
                        "\(path)?\(query): \(answer.text)"
                    )
                }
            }
            let day = "from=2026-06-01T12:00:00Z"
            for (query, field) in [
                ("interval=2m", "interval"), ("\(day)&to=2026-06-01T12:00:00Z", "to"),
                ("\(day)&to=2026-06-02T12:00:01Z&interval=1m", "from"), ("\(day)&to=2026-06-16T12:00:01Z", "from"),
                ("\(day)&to=2026-07-31T12:00:01Z&interval=1h", "from"),
            ] {
                let answer = try await client.send(.get, "\(Self.sums)&\(query)")
                #expect((answer.status, answer.wrongFields) == (.badRequest, [field]), "\(query): \(answer.text)")
            }
            #expect(
                try await client.send(.get, "\(Self.sums)&\(day)&to=2026-07-31T12:00:00Z&interval=1h").status == .ok
            )
        }
    }

    // MARK: - Who may see what

    @Test(
        arguments: [
            (GrantScope.tenant, nil, Membership(), ["20", "21", "22", "24", "26"]),
            (.sites, nil, Membership(sites: [farm]), ["22", "24", "26"]),
            (.assets, nil, Membership(assets: [.sample(20)]), ["20"]), (.own, nil, Membership(), []),
            // Of a battery only.
            (.tenant, .bessOnly, Membership(), ["24"]),
        ] as [(GrantScope, GrantCondition?, Membership, [String])]
    )
    func onlyWhatIsWithinReachIsListedAndAddedUp(
        scope: GrantScope,
        condition: GrantCondition?,
        membership: Membership,
        reached: [String]
    ) async throws {
        try await withPlants { client, store in
            try await store.store(
                [],
                [20, 21, 22, 24, 26].map { Self.window($0, $0 == 21 || $0 == 24 ? "ac_power" : "active_power", 0, 1) },
                []
            )
            client.authority.grant("scoped", [Grant(.telemetryRead, scope, if: condition)])
            client.authority.place(.anna, of: .sunfield, membership)
            let anna = try await client.acting(as: .anna, of: .sunfield, roles: ["scoped"])
            let assets = try await anna.send(.get, Self.latest).items.map { Self.name($0["assetId"]) }
            #expect(Set(assets) == Set(reached))
            let counted = try await anna.send(.get, Self.sums + Self.hour).items.flatMap {
                $0["counts"] as? [Int] ?? []
            }
            #expect(counted.reduce(0, +) == reached.count)
            let bo = try await client.acting(as: .bo, of: .windward)
            #expect(try await bo.send(.get, Self.latest).items.map { Self.name($0["assetId"]) } == ["25"])
            let powerless = try await client.acting(as: .bo, of: .sunfield, roles: ["none"])
            #expect(try await powerless.send(.get, Self.latest).status == .forbidden)
            #expect(try await powerless.send(.get, Self.sums).status == .forbidden)
        }
    }

    @Test func aThousandSensorsAreReadThroughIndexes() async throws {
        try await withPlants { _, store in
            try await store.store([(20, "ac_power", 0, 5), (20, "ac_power", 86_400, 5)])
            try await store.store([], [Self.window(20, "ac_power", 0, 1)], [])
            let owner = store.database.owner
            let keys = (0..<1000).map { SensorKey(asset: .sample(UInt8($0 % 250)), tag: "t\($0)") }
            let latest = try await owner.plan(TelemetryStore.latest(keys, .noon))
            #expect(
                latest.contains("Index Scan Backward") && !latest.contains("Seq Scan") && !latest.contains("Sort"),
                "\(latest)"
            )
            let sensors = keys.map { SumGroup.Sensor(asset: $0.asset, tag: $0.tag, factor: 1, isExpected: true) }
            let group = SumGroup(site: Self.roof, unit: "kW", sensors: sensors)
            let sums = try await owner.plan(TelemetryStore.sums([group], .fifteen, .noon..<Date.noon + 3600))
            #expect(sums.contains("Index Cond: ((asset_id = ") && !sums.contains("Seq Scan"), "\(sums)")
        }
    }

    // MARK: - Parts

    /// The roof has 20 and 21. The farm has 22, the decommissioned 23, the battery 24, and 26, whose power is a percentage; 25 is Windward's.
    private func withPlants(_ body: @escaping @Sendable (ServiceClient, TelemetryStore) async throws -> Void)
        async throws
    {
        var registry = Registry()
        for (asset, tag, unit, tenant) in [
            (20, "ac_power", "kW", .sunfield), (20, "active_power", "kW", .sunfield), (20, "dc_power", "kW", .sunfield),
            (21, "ac_power", "kW", .sunfield), (22, "active_power", "MW", .sunfield),
            (23, "active_power", "MW", .sunfield),
            (24, "ac_power", "W", .sunfield), (25, "active_power", "kW", .windward),
            (26, "active_power", "%", .sunfield),
        ] as [(UInt8, String, String, TenantID)] {
            registry.set(Self.sensor(asset, tag, unit, of: tenant))
        }
        try await withTelemetry(knowing: registry) { client, store in
            try await store.set(Self.asset(20, at: Self.roof))
            try await store.set(Self.asset(21, at: Self.roof))
            try await store.set(Self.asset(22, at: Self.farm))
            try await store.set(Self.asset(23, at: Self.farm, .decommissioned))
            try await store.set(Self.asset(24, at: Self.farm, type: "battery"))
            try await store.set(Self.asset(26, at: Self.farm))
            try await store.set(Self.asset(25, at: Self.windward, of: .windward))
            try await body(client, store)
        }
    }

    private static func values(_ client: ServiceClient, _ query: String) async throws -> [String] {
        try await client.send(.get, latest + query).items.map(value)
    }

    /// `20 ac_power 7 kW`
    private static func value(_ item: [String: Any]) -> String {
        "\(name(item["assetId"])) \(item["tag"] ?? "") \(item["value"] ?? "-") \(item["unit"] ?? "")"
    }

    /// `30 kW 0:14/2 of 2, 2 heard`
    private static func sum(_ item: [String: Any]) -> String {
        let times = (item["times"] as? [Int] ?? []).map { $0 / 1000 - Int(Date.noon.timeIntervalSince1970) }
        let sums = item["sums"] as? [NSNumber] ?? []
        let counts = item["counts"] as? [Int] ?? []
        let points = zip(times, zip(sums, counts)).map { "\($0):\($1.0)/\($1.1)" }
        let head = ["\(name(item["siteId"]))", item["unit"] as? String ?? ""] + points
        return "\(head.joined(separator: " ")) of \(item["assets"] ?? ""), \(item["heard"] ?? "") heard"
    }

    /// The number of which the sample is.
    private static func name(_ id: Any?) -> String {
        let id = id as? String
        return (0...255).first { AssetID.sample($0).description == id }.map { "\($0)" } ?? "?"
    }

    private static func window(_ asset: UInt8, _ tag: String, _ offset: Double, _ average: Double?, minutes: Int = 15)
        -> TelemetryAggregated
    {
        TelemetryAggregated(
            tenant: .sunfield,
            site: roof,
            asset: .sample(asset),
            tag: tag,
            minutes: minutes,
            start: .noon + offset,
            count: average == nil ? 0 : 3,
            average: average,
            minimum: average,
            maximum: average,
            sum: (average ?? 0) * 3,
            standardDeviation: average == nil ? nil : 0,
            uncertainCount: 0,
            badCount: 1
        )
    }

    private static func sensor(_ asset: UInt8, _ tag: String, _ unit: String, of tenant: TenantID) -> SensorState {
        SensorState(
            id: .new(),
            tenant: tenant,
            site: roof,
            siteCode: "S",
            asset: .sample(asset),
            assetCode: "\(asset)",
            tag: tag,
            unit: unit,
            minimum: nil,
            maximum: nil,
            version: 1
        )
    }

    private static func asset(
        _ id: UInt8,
        at site: SiteID,
        _ status: AssetStatus = .operational,
        type: String = "inverter",
        of tenant: TenantID = .sunfield
    ) -> AssetState {
        AssetState(
            id: .sample(id),
            tenant: tenant,
            site: site,
            siteCode: "S",
            code: "\(id)",
            name: "A",
            type: type,
            status: status,
            parent: nil,
            level: 1,
            ratedPowerKW: nil,
            tags: [],
            version: 2
        )
    }
}

extension TelemetryStore {
    fileprivate func store(_ readings: [(UInt8, String, Double, Double)]) async throws {
        try await store(
            readings.map { asset, tag, offset, value in
                (
                    .sample(asset),
                    TagReading(tag: tag, timestamp: (Date.noon + offset).microseconds, value: value, quality: .good)
                )
            },
            [],
            []
        )
    }
}
