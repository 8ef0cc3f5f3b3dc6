import Access
import Commands
import EventSchema
import Foundation
import HTTPTypes
import Hummingbird
import Identifiers
import ServiceKit

/// `GET /api/v1/assets/{id}/telemetry`: raw readings, or aggregates with `?interval=1m` (the names in ``WindowLength``).
struct TelemetryRoutes: Sendable {
    let store: TelemetryStore
    var now: @Sendable () -> Date = { Date() }

    func all() throws -> [Route] {
        [
            try Route(
                .get,
                "/assets/{id}/telemetry",
                "Read the telemetry of an asset",
                .requires(.telemetryRead),
                use: read
            )
        ]
    }

    /// A window length, written as its name.
    struct Interval: RawRepresentable, CaseIterable, Codable, Sendable {
        static let allCases = WindowLength.allCases.map { Interval(length: $0) }

        let length: WindowLength

        var rawValue: String { length.name }
    }

    struct Filter: Input {
        var tag: String
        var interval: Interval?
        var from: Date?
        var to: Date?

        static let rules: Rules = [
            "tag": .line(1...64).example("inverter_temperature"),
            "interval": .means("The length of the aggregates to return; single readings if omitted"),
            "from": .means("The start of the time range; the default is 24 hours before `to`"),
            "to": .means("The end of the time range; the default is now"),
        ]

        func range(now: Date) throws -> Range<Date> {
            let end = to ?? now
            let start = from ?? end.addingTimeInterval(-86_400)
            guard start < end else { throw Problem.field("to", .after("from")) }
            return start..<end
        }
    }

    /// A page of readings or a page of windows.
    enum Telemetry: Answer {
        case readings(Page<TelemetryPoint>)
        case windows(Page<TelemetryWindow>)

        static func content() throws -> AnswerContent {
            .either([try Page<TelemetryPoint>.content(), try Page<TelemetryWindow>.content()])
        }

        func encoded() throws -> EncodedAnswer {
            switch self {
            case .readings(let page): try page.encoded()
            case .windows(let page): try page.encoded()
            }
        }
    }

    @Sendable func read(_ call: Call<Paged<Filter>>) async throws -> Telemetry {
        let principal = try call.principal
        let asset: AssetID = try call.id("id", of: "asset")
        let page = call.input
        let tag = page.filter.tag
        let range = try page.filter.range(now: now())
        guard try await store.has(asset, tenant: principal.tenant, within: try call.reach) else {
            throw Problem.notFound("asset")
        }
        let after = try page.position(as: Position.self)
        guard after.map({ $0.time < range.upperBound && $0.count >= 0 }) ?? true else {
            throw Paged<Filter>.invalidCursor
        }
        let from = after?.time ?? range.lowerBound
        let skipped = after?.count ?? 0
        if let interval = page.filter.interval {
            let windows = try await store.aggregates(
                asset,
                of: principal.tenant,
                tag,
                minutes: interval.length.minutes,
                from..<range.upperBound,
                skipping: skipped,
                limit: page.limit + 1
            )
            return .windows(
                try Page(windows, limit: page.limit) { Position(time: $0.start, count: 1) }
            )
        }
        let points = try await store.readings(
            asset,
            of: principal.tenant,
            tag,
            from..<range.upperBound,
            skipping: skipped,
            limit: page.limit + 1
        )
        return .readings(
            try Page(points, limit: page.limit) { last in
                let same = points.prefix(page.limit).count { $0.time == last.time }
                return Position(time: last.time, count: same + (last.time == from ? skipped : 0))
            }
        )
    }

    /// How far a list has been read. The time alone is not enough, because several readings of one tag can have the same time.
    private struct Position: Codable {
        var time: Date
        /// How many readings with that time have been read.
        var count: Int
    }
}

extension TelemetryRoutes.Interval {
    init?(rawValue: String) {
        guard let interval = Self.allCases.first(where: { $0.rawValue == rawValue }) else { return nil }
        self = interval
    }
}
