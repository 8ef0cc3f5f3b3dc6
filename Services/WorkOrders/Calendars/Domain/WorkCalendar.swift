import Foundation

/// The hours in which work is expected at a site: always, or at some times of some days by the site's clock.
struct WorkCalendar: Hashable, Sendable {
    /// `nil`: always.
    var hours: WorkHours?
    var zone: TimeZone

    /// How many seconds of a range count.
    ///
    /// - Parameter range: Whole seconds since 1970.
    func seconds(in range: Range<Int64>) -> Int64 {
        guard let hours else { return Int64(range.count) }
        return SiteDay.parts(of: range, in: zone).reduce(0) { sum, part in
            hours.windows(in: part).reduce(sum) { $0 + Int64($1.count) }
        }
    }

    /// The parts of a range that count, in order; those that meet are one.
    ///
    /// - Parameter counts: Whether hours that begin on a day count; days since 1970-01-01.
    func windows(in range: Range<Int64>, on counts: (Int64) -> Bool = { _ in true }) -> [Range<Int64>] {
        guard let hours else { return range.isEmpty ? [] : [range] }
        return SiteDay.parts(of: range, in: zone).flatMap { hours.windows(in: $0, on: counts) }.joined
    }

    /// The first moment by which so many seconds have counted since `start`; `nil` if there is none within ten years.
    func moment(after start: Int64, counting seconds: Int64) -> Int64? {
        guard seconds > 0, let hours else { return start + seconds }
        var left = seconds
        var position = start
        let end = start + 3653 * 86_400
        while position < end {
            let part = SiteDay(first: position..<end, in: zone)
            for window in hours.windows(in: part) {
                if window.count >= left { return window.lowerBound + left }
                left -= Int64(window.count)
            }
            position = part.range.upperBound
        }
        return nil
    }
}

/// The same hours on some days of the week.
struct WorkHours: Codable, Hashable, Sendable {
    /// The days on which they begin, each once and in the order of the week.
    var days: [Weekday]
    /// Minutes after midnight.
    var from: Int
    /// Minutes after midnight: the first one that does not count. Not after `from`: on the next day.
    var until: Int

    private var goesPastMidnight: Bool { until <= from }

    /// How many minutes of a week they have.
    var minutesPerWeek: Int { days.count * (until - from + (goesPastMidnight ? 1440 : 0)) }

    /// Their parts of a day, in order.
    ///
    /// - Parameter counts: Whether hours that begin on a day count.
    fileprivate func windows(in part: SiteDay, on counts: (Int64) -> Bool = { _ in true }) -> [Range<Int64>] {
        var windows: [Range<Int64>] = []
        // The wall's midnight, if the clock had been this one since then: so a window is what the wall says.
        let midnight = part.day * 86_400 - part.offset
        func add(_ minutes: Range<Int>) {
            let window = midnight + Int64(minutes.lowerBound) * 60..<midnight + Int64(minutes.upperBound) * 60
            let within = window.clamped(to: part.range)
            if !within.isEmpty { windows.append(within) }
        }
        if goesPastMidnight, days.contains(Weekday(of: part.day - 1)), counts(part.day - 1) { add(0..<until) }
        if days.contains(part.weekday), counts(part.day) { add(from..<(goesPastMidnight ? 1440 : until)) }
        return windows
    }
}

extension [Range<Int64>] {
    /// The same time in as few parts as possible, in order.
    var joined: [Range<Int64>] {
        sorted { $0.lowerBound < $1.lowerBound }.reduce(into: []) { parts, range in
            if let last = parts.last, range.lowerBound <= last.upperBound {
                parts[parts.count - 1] = last.lowerBound..<Swift.max(last.upperBound, range.upperBound)
            } else {
                parts.append(range)
            }
        }
    }

    /// How many seconds of a range are in none of the parts, which are ``joined``.
    func missing(of range: Range<Int64>) -> Int64 { Int64(range.count) - seconds(in: range) }

    /// How many seconds of a range are in one of the parts, which are ``joined``.
    func seconds(in range: Range<Int64>) -> Int64 { reduce(0) { $0 + Int64($1.clamped(to: range).count) } }

    /// The parts without some others.
    func without(_ others: [Range<Int64>]) -> [Range<Int64>] {
        others.reduce(self) { parts, other in
            parts.flatMap { part in
                [
                    part.lowerBound..<Swift.min(part.upperBound, Swift.max(part.lowerBound, other.lowerBound)),
                    Swift.max(part.lowerBound, Swift.min(part.upperBound, other.upperBound))..<part.upperBound,
                ].filter { !$0.isEmpty }
            }
        }
    }
}
