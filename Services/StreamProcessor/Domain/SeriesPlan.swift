import EventSchema
import Foundation

/// How a chart's points are made: how long each is, and what it is computed from.
struct SeriesPlan: Hashable, Sendable {
    /// The length of a point. Points are aligned to 1970-01-01T00:00:00Z, so that a chart that moves shows the same ones.
    var seconds: Int64
    /// The windows that the points are computed from; `nil`: single readings.
    var source: WindowLength?
    /// Whole points, from the one that has the first moment asked for to the one that has the last.
    var range: Range<Date>

    /// Single readings are read only for as long a time as this: a tag may have one every second.
    static let longestOfReadings: Int64 = 6 * 3600
    static let longest: TimeInterval = 5 * 366 * 86_400
    static let maximumPoints: Int64 = 2000
    /// With fewer, the longest time would need longer points than there are.
    static let minimumPoints: Int64 = 100

    private static let ofReadings: [Int64] = [1, 2, 5, 10, 15, 30]
    private static let ofWindows: [Int64] =
        [1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720].map { $0 * 60 } + [1, 2, 4, 7, 14, 28].map { $0 * 86_400 }

    /// The shortest points of which at most `points` cover the range.
    ///
    /// - Parameter range: At most ``longest``.
    static func fitting(_ range: Range<Date>, points: Int64) -> SeriesPlan {
        let (start, end) = (range.lowerBound.microseconds, range.upperBound.microseconds)
        let lengths = (end - start <= longestOfReadings * 1_000_000 ? ofReadings : []) + ofWindows
        func whole(_ seconds: Int64) -> Range<Int64> {
            let length = seconds * 1_000_000
            return start.floored(to: length)..<(end - 1).floored(to: length) + length
        }
        let seconds =
            lengths.first { whole($0).count / Int($0 * 1_000_000) <= points } ?? ofWindows[ofWindows.count - 1]
        let covered = whole(seconds)
        return SeriesPlan(
            seconds: seconds,
            source: WindowLength.allCases.last { seconds % (Int64($0.minutes) * 60) == 0 },
            range: Date(microseconds: covered.lowerBound)..<Date(microseconds: covered.upperBound)
        )
    }
}

extension Int64 {
    /// The largest multiple of `length` that is not above it.
    fileprivate func floored(to length: Int64) -> Int64 {
        let rest = self % length
        return rest >= 0 ? self - rest : self - rest - length
    }
}

/// One point of one tag, as it is stored.
struct SeriesPoint: Codable, Hashable, Sendable {
    var tag: String
    var time: Date
    /// `nil` if no reading was of good quality; so are `maximum` and `average`.
    var minimum: Double?
    var maximum: Double?
    var average: Double?
    /// How many readings of good quality there are.
    var count: Int64
    var badCount: Int64
    /// How many readings of any quality there are.
    var total: Int64
}
