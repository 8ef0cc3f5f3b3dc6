import Access
import Commands
import EventSchema
import Foundation
import HTTPTypes
import Identifiers
import ServiceKit

/// What charts and overviews read of telemetry: points of a fitting length, last values, and which assets are the extreme ones.
struct ChartRoutes: Sendable {
    let store: TelemetryStore
    /// The sensors as they are known now.
    let registry: @Sendable () -> Registry
    var now: @Sendable () -> Date = { Date() }

    func all() throws -> [Route] {
        try [
            Route(
                .get,
                "/assets/{id}/telemetry/series",
                "Read the telemetry of an asset for a chart",
                .requires(.telemetryRead),
                use: series
            ),
            Route(
                .get,
                "/assets/{id}/telemetry/latest",
                "Read the last telemetry of an asset",
                .requires(.telemetryRead),
                use: latest
            ),
            Route(
                .get,
                "/telemetry/ranking",
                "List the assets with the highest or lowest telemetry",
                .requires(.telemetryRead),
                use: ranking
            ),
        ]
    }

    // MARK: - Series

    struct SeriesFilter: Input {
        var tag: [String]
        var from: Date?
        var to: Date?
        var points: Int?

        static let rules: Rules = [
            "tag": .items(1...8, each: .tag).means("The tags to return; repeat the parameter for several")
                .example(["inverter_temperature"]),
            "from": .means(
                "The start of the time range, at most 5 years before `to`; the default is 24 hours before it"
            ),
            "to": .means("The end of the time range; the default is now"),
            "points": .whole(SeriesPlan.minimumPoints...SeriesPlan.maximumPoints).means(
                "How many points each tag may have; the default is 500"
            ),
        ]
    }

    @Sendable func series(_ call: Call<SeriesFilter>) async throws -> SeriesResponse {
        let query = call.input
        let range = try Self.range(
            from: query.from,
            to: query.to ?? now(),
            hours: 24,
            atMost: SeriesPlan.longest,
            "5 years"
        )
        let asset = try await visible(call)
        let plan = SeriesPlan.fitting(range, points: Int64(query.points ?? 500))
        var tags: [String] = []
        for tag in query.tag where !tags.contains(tag) { tags.append(tag) }
        return SeriesResponse(plan, tags, try await store.points(asset, of: try call.principal.tenant, tags, plan))
    }

    // MARK: - Last values

    /// The last reading of a sensor.
    struct LastValue: Codable, Sendable {
        var tag: String
        /// As a UCUM code.
        var unit: String
        /// When it was measured. Without it, the sensor has sent nothing within 31 days.
        var time: Date?
        var value: Double?
        var quality: String?
    }

    struct LatestResponse: Answer, Codable {
        /// One for each sensor of the asset, by tag.
        var items: [LastValue]
    }

    static let longestSilence: TimeInterval = 31 * 86_400

    @Sendable func latest(_ call: Call<NoInput>) async throws -> LatestResponse {
        let asset = try await visible(call)
        let sensors = (registry().asset(asset)?.sensors ?? [:]).values.sorted { $0.tag < $1.tag }
        let last = try await store.latest(
            asset,
            of: try call.principal.tenant,
            sensors.map(\.tag),
            since: now().addingTimeInterval(-Self.longestSilence)
        )
        return LatestResponse(
            items: sensors.map { sensor in
                let point = last[sensor.tag]
                return LastValue(
                    tag: sensor.tag,
                    unit: sensor.unit,
                    time: point?.time,
                    value: point?.value,
                    quality: point?.quality
                )
            }
        )
    }

    // MARK: - Ranking

    struct RankingFilter: Input {
        var tag: String
        var from: Date?
        var to: Date?
        var statistic: RankedStatistic?
        var order: RankingOrder?
        var siteId: SiteID?
        var type: String?
        var limit: Int?

        static let rules: Rules = [
            "tag": .tag,
            "from": .means("The start of the time range, at most 92 days before `to`; the default is 7 days before it"),
            "to": .means("The end of the time range; the default is now"),
            "statistic": .means("What of the readings counts; the default is `maximum`"),
            "order": .means("Which assets come first; the default is `highest`"),
            "type": .line(1...64).means("Only assets of this type").example("inverter"),
            "limit": .whole(1...100).means("The maximum number of assets; the default is 10"),
        ]
    }

    struct RankingResponse: Answer, Codable {
        var items: [RankedAsset]
    }

    @Sendable func ranking(_ call: Call<RankingFilter>) async throws -> RankingResponse {
        let query = call.input
        let range = try Self.range(
            from: query.from,
            to: query.to ?? now(),
            hours: 7 * 24,
            atMost: 92 * 86_400,
            "92 days"
        )
        let tenant = try call.principal.tenant
        let order = Ranking(
            tag: query.tag,
            statistic: query.statistic ?? .maximum,
            order: query.order ?? .highest,
            range: range,
            limit: query.limit ?? 10
        )
        return RankingResponse(
            items: try await store.ranking(
                order,
                among: registry().assets(of: tenant, with: query.tag),
                of: tenant,
                within: try call.reach,
                site: query.siteId,
                type: query.type
            )
        )
    }

    // MARK: - Steps

    private func visible(_ call: Call<some Input>) async throws -> AssetID {
        let asset: AssetID = try call.id("id", of: "asset")
        guard try await store.has(asset, tenant: try call.principal.tenant, within: try call.reach) else {
            throw Problem.notFound("asset")
        }
        return asset
    }

    static func range(
        from start: Date?,
        to end: Date,
        hours: Double,
        atMost longest: TimeInterval,
        _ longestName: String
    ) throws -> Range<Date> {
        let start = start ?? end.addingTimeInterval(-hours * 3600)
        guard start < end else { throw Problem.field("to", .after("from")) }
        guard end.timeIntervalSince(start) <= longest else {
            let days = "\(Int(longest / 86_400))"
            throw Problem.field(
                "from",
                FieldRule(code: "span_too_long", "must be at most \(longestName) before to", ["maximum": days])
            )
        }
        return start..<end
    }
}
