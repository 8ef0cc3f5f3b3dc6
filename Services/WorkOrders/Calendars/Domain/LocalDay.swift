import Commands
import EventSchema
import Foundation

/// A day without a place, as `YYYY-MM-DD`: when it begins and ends depends on whose clock is looked at.
struct LocalDay: RawRepresentable, Codable, Hashable, Comparable, Sendable {
    let rawValue: String

    init?(rawValue: String) {
        guard rawValue.utf8.count == 10, Date(rfc3339: "\(rawValue)T00:00:00Z") != nil else { return nil }
        self.rawValue = rawValue
    }

    /// - Parameter number: Days since 1970-01-01.
    init(number: Int64) {
        rawValue = String(Date(timeIntervalSince1970: Double(number) * 86_400).rfc3339.prefix(10))
    }

    /// The day that a clock shows at a moment.
    ///
    /// - Parameter second: Seconds since 1970.
    init(at second: Int64, in zone: TimeZone) { self.init(number: Self.number(at: second, in: zone)) }

    init(of moment: Date, in zone: TimeZone) {
        self.init(at: Int64(moment.timeIntervalSince1970.rounded(.down)), in: zone)
    }

    /// Days since 1970-01-01.
    var number: Int64 {
        let midnight = Date(rfc3339: "\(rawValue)T00:00:00Z") ?? Date(timeIntervalSince1970: 0)
        return Int64((midnight.timeIntervalSince1970 / 86_400).rounded(.down))
    }

    var weekday: Weekday { Weekday(of: number) }

    /// The Monday of its week.
    var monday: LocalDay { LocalDay(number: number - Int64(Weekday.allCases.firstIndex(of: weekday) ?? 0)) }

    func adding(_ days: Int64) -> LocalDay { LocalDay(number: number + days) }

    /// The day by a clock, in whole seconds since 1970: 23 or 25 hours where the clock is changed.
    func range(in zone: TimeZone) -> Range<Int64> {
        let number = number
        return Self.start(of: number, in: zone)..<Self.start(of: number + 1, in: zone)
    }

    static func < (one: LocalDay, other: LocalDay) -> Bool { one.rawValue < other.rawValue }

    /// The first second that a clock counts to a day or to a later one. A day that a zone leaves out has none of its own.
    private static func start(of number: Int64, in zone: TimeZone) -> Int64 {
        // No clock is further from Greenwich than that.
        var (before, after) = (number * 86_400 - 54_000, number * 86_400 + 54_000)
        while after - before > 1 {
            let middle = (before + after) / 2
            if self.number(at: middle, in: zone) < number { before = middle } else { after = middle }
        }
        return after
    }

    private static func number(at second: Int64, in zone: TimeZone) -> Int64 {
        let offset = zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(second)))
        return Int64((Double(second + Int64(offset)) / 86_400).rounded(.down))
    }
}

/// Days one after the other, the first and the last one included.
struct DaySpan: Codable, Hashable, Sendable {
    var first: LocalDay
    var last: LocalDay

    /// In whole seconds since 1970.
    func range(in zone: TimeZone) -> Range<Int64> {
        first.range(in: zone).lowerBound..<last.range(in: zone).upperBound
    }
}

extension Rule {
    /// A day of the calendar.
    static let day = form(
        10...10,
        format: "date",
        pattern: "^[0-9]{4}-[0-9]{2}-[0-9]{2}$",
        FieldRule(code: "not_a_day", "must be a day, such as 2026-06-01"),
        example: "2026-06-01"
    ) { LocalDay(rawValue: $0) != nil }
}
