import Foundation

/// A part of one day by a site's clock, in which the clock is not changed. Days of a site can have 23 or 25 hours.
struct SiteDay: Hashable, Sendable {
    /// Days since 1970-01-01, a Thursday, by the site's clock.
    var day: Int64
    /// Whole seconds since 1970.
    var range: Range<Int64>
    /// How far the clock is ahead of Greenwich, in seconds.
    var offset: Int64

    var length: Int64 { range.upperBound - range.lowerBound }
    var weekday: Weekday { Weekday(of: day) }
    var isWeekend: Bool { weekday == .saturday || weekday == .sunday }

    /// The part of the range that is the first day, or the first part of that.
    init(first range: Range<Int64>, in zone: TimeZone) {
        offset = zone.offset(at: range.lowerBound)
        day = Int64((Double(range.lowerBound + offset) / 86_400).rounded(.down))
        let end = zone.change(from: range.lowerBound, to: min(range.upperBound, (day + 1) * 86_400 - offset))
        self.range = range.lowerBound..<end
    }

    /// The range, cut where a day ends or the clock is changed.
    static func parts(of range: Range<Int64>, in zone: TimeZone) -> [SiteDay] {
        var parts: [SiteDay] = []
        var start = range.lowerBound
        while start < range.upperBound {
            let part = SiteDay(first: start..<range.upperBound, in: zone)
            parts.append(part)
            start = part.range.upperBound
        }
        return parts
    }
}

enum Weekday: String, CaseIterable, Codable, Hashable, Sendable {
    case monday, tuesday, wednesday, thursday, friday, saturday, sunday

    /// - Parameter day: Days since 1970-01-01, a Thursday.
    init(of day: Int64) {
        self = Self.allCases[Int(((day + 3) % 7 + 7) % 7)]
    }
}

extension TimeZone {
    /// The zone of a site; until the site is known here, that of Greenwich.
    init(known identifier: String?) {
        self = identifier.flatMap(TimeZone.init(identifier:)) ?? .gmt
    }

    fileprivate func offset(at second: Int64) -> Int64 {
        Int64(secondsFromGMT(for: Date(timeIntervalSince1970: TimeInterval(second))))
    }

    /// The first second at which the clock is another one than at `start`; `end` if there is none before. There is one change at most in a day.
    fileprivate func change(from start: Int64, to end: Int64) -> Int64 {
        let offset = offset(at: start)
        guard end > start + 1, self.offset(at: end - 1) != offset else { return end }
        var (same, other) = (start, end - 1)
        while other - same > 1 {
            let middle = (same + other) / 2
            if self.offset(at: middle) == offset { same = middle } else { other = middle }
        }
        return other
    }
}
