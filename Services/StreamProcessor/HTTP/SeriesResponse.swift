import Commands
import EventSchema
import Foundation
import Identifiers
import ServiceKit

/// `GET /assets/{id}/telemetry/series`
struct SeriesResponse: Answer, Codable {
    /// The beginning of the first point that there can be.
    var from: Date
    /// The end of the last one.
    var to: Date
    /// The length of a point in seconds. A point begins at a multiple of it, counted from 1970-01-01T00:00:00Z.
    var seconds: Int64
    /// What the points are computed from: `readings`, or windows such as `5m`.
    var source: String
    /// One for each tag that was asked for, in that order.
    var series: [Series]

    /// The points of a tag, as lists of the same length. A time without readings has no point: it is a gap.
    struct Series: Codable, Sendable {
        var tag: String
        /// When the points begin, in milliseconds since 1970-01-01T00:00:00Z.
        var times: [Int64]
        /// Of the readings of good quality; null in a point that has none. So are the next two.
        var minimum: [Double?]
        var maximum: [Double?]
        var average: [Double?]
        /// How many readings of good quality the points have.
        var count: [Int64]
        /// Which part of the readings is of bad quality, from 0 to 1.
        var badShare: [Double]
    }

    init(_ plan: SeriesPlan, _ tags: [String], _ points: [SeriesPoint]) {
        from = plan.range.lowerBound
        to = plan.range.upperBound
        seconds = plan.seconds
        source = plan.source?.name ?? "readings"
        let byTag = Dictionary(grouping: points, by: \.tag)
        series = tags.map { Series($0, byTag[$0] ?? []) }
    }
}

extension SeriesResponse.Series {
    fileprivate init(_ tag: String, _ points: [SeriesPoint]) {
        self.tag = tag
        times = points.map { $0.time.microseconds / 1000 }
        minimum = points.map(\.minimum)
        maximum = points.map(\.maximum)
        average = points.map(\.average)
        count = points.map(\.count)
        badShare = points.map { $0.total == 0 ? 0 : Double($0.badCount) / Double($0.total) }
    }
}

extension SeriesResponse: JSONWritable {
    func write(to json: inout JSONText) throws {
        json.begin()
        json.member("from", from)
        json.member("to", to)
        json.member("seconds", seconds)
        json.member("source", source)
        try json.member("series", series)
        json.end()
    }
}

extension SeriesResponse.Series: JSONWritable {
    func write(to json: inout JSONText) throws {
        json.begin()
        json.member("tag", tag)
        json.member("times", times)
        try json.member("minimum", minimum)
        try json.member("maximum", maximum)
        try json.member("average", average)
        json.member("count", count)
        try json.member("badShare", badShare)
        json.end()
    }
}
