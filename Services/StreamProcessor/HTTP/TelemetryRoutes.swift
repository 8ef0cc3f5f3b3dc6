import EventSchema
import Foundation
import Hummingbird
import Identifiers
import Postgres
import ServiceKit

/// `GET /api/v1/assets/{id}/telemetry`: raw readings, or aggregates with `?interval=1m|5m|15m|1h`.
struct TelemetryRoutes: Sendable {
    let store: TelemetryStore
    var now: @Sendable () -> Date = { Date() }

    func add(to router: RouterGroup<DaemonContext>) {
        router.get("/api/v1/assets/:id/telemetry", use: read)
    }

    enum Interval: String, CaseIterable {
        case oneMinute = "1m"
        case fiveMinutes = "5m"
        case fifteenMinutes = "15m"
        case oneHour = "1h"

        var minutes: Int {
            switch self {
            case .oneMinute: 1
            case .fiveMinutes: 5
            case .fifteenMinutes: 15
            case .oneHour: 60
            }
        }
    }

    struct Point: Encodable, Sendable {
        var time: Date
        var value: Double
        var quality: String
    }

    struct Window: Encodable, Sendable {
        var start: Date
        var count: Int64
        var average: Double
        var minimum: Double
        var maximum: Double
        var sum: Double
        var standardDeviation: Double
        var uncertainCount: Int64
        var badCount: Int64
    }

    @Sendable func read(_ request: Request, _ context: DaemonContext) async throws -> Response {
        let principal = try context.principal
        try principal.require(.telemetryRead)
        let asset: AssetID = try context.id("id", "asset")
        let query = QueryReader(request)
        guard let tag = try query.text("tag"), !tag.isEmpty else { throw Problem.field("tag", "is required") }
        let interval: Interval? = try query.value("interval")
        let page = try PageRequest(request)
        let range = try Self.range(query, now: now())
        guard try await store.owns(asset, tenant: principal.tenant) else { throw Problem.notFound("asset") }
        let after = try page.position(as: Position.self)
        guard after.map({ $0.time < range.upperBound && $0.count >= 0 }) ?? true else {
            throw Problem.field("cursor", "is not one that this list gave out")
        }
        let from = after?.time ?? range.lowerBound
        let skipped = after?.count ?? 0
        if let interval {
            let rows = try await store.aggregates(
                asset,
                tag,
                minutes: interval.minutes,
                from..<range.upperBound,
                skipping: skipped,
                limit: page.limit + 1
            )
            return try Page(rows.map(Self.window), limit: page.limit) { Position(time: $0.start, count: 1) }
                .response(from: request, context: context)
        }
        let points = try await store.readings(
            asset,
            tag,
            from..<range.upperBound,
            skipping: skipped,
            limit: page.limit + 1
        ).map(Self.point)
        return try Page(points, limit: page.limit) { last in
            let same = points.prefix(page.limit).count { $0.time == last.time }
            return Position(time: last.time, count: same + (last.time == from ? skipped : 0))
        }.response(from: request, context: context)
    }

    /// How far a list has been read: the readings of one tag may have the same time.
    private struct Position: Codable {
        var time: Date
        /// How many of that time have been read.
        var count: Int
    }

    private static func range(_ query: QueryReader, now: Date) throws -> Range<Date> {
        let end = try query.time("to") ?? now
        let start = try query.time("from") ?? end.addingTimeInterval(-86_400)
        guard start < end else { throw Problem.field("to", "must be after from") }
        return start..<end
    }

    private static func point(_ row: Row) throws -> Point {
        Point(time: try row["time"], value: try row["value"], quality: try row["quality"])
    }

    private static func window(_ row: Row) throws -> Window {
        Window(
            start: try row["start"],
            count: try row["count"],
            average: try row["average"],
            minimum: try row["minimum"],
            maximum: try row["maximum"],
            sum: try row["sum"],
            standardDeviation: try row["standard_deviation"],
            uncertainCount: try row["uncertain_count"],
            badCount: try row["bad_count"]
        )
    }
}
