import Access
import Commands
import EventSchema
import Foundation
import HTTPTypes
import Identifiers
import ServiceKit

/// What many sensors measure together: their last values, and the sums of each site.
struct PlantRoutes: Sendable {
    let store: TelemetryStore
    /// The sensors as they are known now.
    let registry: @Sendable () -> Registry
    var now: @Sendable () -> Date = { Date() }

    func all() throws -> [Route] {
        try [
            Route(
                .get,
                "/telemetry/latest",
                "Read the last telemetry of many assets",
                .requires(.telemetryRead),
                use: latest
            ),
            Route(.get, "/telemetry/sums", "Add up the telemetry of sites", .requires(.telemetryRead), use: sums),
        ]
    }

    // MARK: - Last values

    struct LatestFilter: LongPages {
        var tag: [String]
        var siteId: [SiteID]?

        static let maximumLimit: Int64 = 1000
        static let rules: Rules = [
            "tag": .items(1...8, each: .tag).means("The tags to return; repeat the parameter for several")
                .example(["active_power"]),
            "siteId": .items(1...100).means("Only of these sites; repeat the parameter for several"),
        ]
    }

    /// The last reading of a sensor.
    struct SensorValue: Codable, Sendable {
        var assetId: AssetID
        var siteId: SiteID
        var tag: String
        /// As a UCUM code.
        var unit: String
        /// When it was measured. Without it, the sensor has sent nothing within 31 days.
        var time: Date?
        var value: Double?
        var quality: String?
    }

    /// The sensors of assets in service, by asset and tag.
    @Sendable func latest(_ call: Call<Paged<LatestFilter>>) async throws -> Page<SensorValue> {
        let page = call.input
        let tenant = try call.principal.tenant
        let after = try page.position(as: Position.self)
        let sensors = registry().sensors(of: tenant, with: Self.distinct(page.filter.tag))
        let places = try await places(of: sensors, call, page.filter.siteId)
        let sites = Dictionary(
            uniqueKeysWithValues: places.lazy.filter { !$0.isDecommissioned }.map { ($0.assetId, $0.siteId) }
        )
        let rest = sensors.lazy.filter { sensor in
            sites[sensor.asset] != nil && after.map { Position(sensor).isBehind($0) } ?? true
        }
        let shown = Array(rest.prefix(page.limit + 1))
        let last = try await store.latest(
            shown.prefix(page.limit).map { SensorKey(asset: $0.asset, tag: $0.tag) },
            of: tenant,
            since: now().addingTimeInterval(-ChartRoutes.longestSilence)
        )
        let values = shown.compactMap { sensor in
            sites[sensor.asset].map {
                SensorValue(sensor, at: $0, last[SensorKey(asset: sensor.asset, tag: sensor.tag)])
            }
        }
        return try Page(values, limit: page.limit) { Position(asset: $0.assetId, tag: $0.tag) }
    }

    fileprivate struct Position: Codable {
        var asset: AssetID
        var tag: String
    }

    // MARK: - Sums

    struct SumFilter: Input {
        var tag: [String]
        var siteId: [SiteID]?
        var from: Date?
        var to: Date?
        var interval: TelemetryRoutes.Interval?

        static let rules: Rules = [
            "tag": .items(1...8, each: .tag).means(
                "Names of what is added up; repeat the parameter for several. Of an asset with several of them, the first counts"
            )
            .example(["active_power"]),
            "siteId": .items(1...100).means("Only of these sites; repeat the parameter for several"),
            "from": .means(
                "The start of the time range; the default is 24 hours before `to`. The range has at most 1,440 windows"
            ),
            "to": .means("The end of the time range; the default is now"),
            "interval": .means("The length of the windows; the default is 15m"),
        ]
    }

    /// What the assets of a site measure together, as lists of the same length.
    struct SiteSums: Codable, Sendable {
        var siteId: SiteID
        /// As a UCUM code. Power in W, MW or GW is added up in kW; figures in other units have sums of their own.
        var unit: String
        /// How many assets in service measure this.
        var assets: Int
        /// How many of these have sent something in the time range.
        var heard: Int
        /// When the windows begin, in milliseconds since 1970-01-01T00:00:00Z. A window without a reading of good quality is left out.
        var times: [Int64]
        /// The sums of the assets' averages in the windows.
        var sums: [Double]
        /// How many assets the sums are of.
        var counts: [Int]
    }

    /// By site and unit.
    @Sendable func sums(_ call: Call<Paged<SumFilter>>) async throws -> Page<SiteSums> {
        let page = call.input
        let query = page.filter
        let tenant = try call.principal.tenant
        let after = try page.position(as: SumPosition.self)
        let length = query.interval?.length ?? .fifteen
        // So many days of so many minutes are always 1,440 windows.
        let days = length.minutes
        let range = try ChartRoutes.range(
            from: query.from,
            to: query.to ?? now(),
            hours: 24,
            atMost: Double(days) * 86_400,
            "\(days) days"
        )
        let sensors = registry().sensors(of: tenant, with: Self.distinct(query.tag), firstOnly: true)
        let groups = SumGroup.of(sensors, at: try await places(of: sensors, call, query.siteId))
            .filter { group in after.map { $0 < group.position } ?? true }
        let shown = Array(groups.prefix(page.limit))
        let (points, heard) = try await store.sums(shown, of: tenant, length, range)
        let pointsOf = Dictionary(grouping: points, by: \.number)
        let heardOf = Dictionary(uniqueKeysWithValues: heard.map { ($0.number, $0.heard) })
        let sums = shown.enumerated().map { SiteSums($1, pointsOf[$0] ?? [], heard: heardOf[$0] ?? 0) }
        return try Page(sums, hasMore: groups.count > shown.count) { SumPosition(site: $0.siteId, unit: $0.unit) }
    }

    // MARK: - Steps

    private func places(of sensors: [SensorState], _ call: Call<some Input>, _ sites: [SiteID]?) async throws
        -> [PlacedAsset]
    {
        var assets: [AssetID] = []
        for sensor in sensors where assets.last != sensor.asset { assets.append(sensor.asset) }
        return try await store.places(
            of: assets,
            of: try call.principal.tenant,
            within: try call.reach,
            sites: sites
        )
    }

    private static func distinct(_ tags: [String]) -> [String] {
        tags.reduce(into: []) { found, tag in if !found.contains(tag) { found.append(tag) } }
    }
}

extension PlantRoutes.Position {
    fileprivate init(_ sensor: SensorState) {
        self.init(asset: sensor.asset, tag: sensor.tag)
    }

    fileprivate func isBehind(_ other: Self) -> Bool {
        (other.asset.rawValue, other.tag) < (asset.rawValue, tag)
    }
}

extension PlantRoutes.SensorValue {
    fileprivate init(_ sensor: SensorState, at site: SiteID, _ last: TelemetryPoint?) {
        self.init(
            assetId: sensor.asset,
            siteId: site,
            tag: sensor.tag,
            unit: sensor.unit,
            time: last?.time,
            value: last?.value,
            quality: last?.quality
        )
    }
}

extension PlantRoutes.SiteSums {
    fileprivate init(_ group: SumGroup, _ points: [SumPoint], heard: Int) {
        let points = points.sorted { $0.start < $1.start }
        self.init(
            siteId: group.site,
            unit: group.unit,
            assets: group.sensors.count { $0.isExpected },
            heard: heard,
            times: points.map { $0.start.microseconds / 1000 },
            sums: points.map(\.sum),
            counts: points.map(\.count)
        )
    }
}
