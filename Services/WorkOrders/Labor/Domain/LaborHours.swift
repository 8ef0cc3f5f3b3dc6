import Foundation

/// The time of an entry by how it is paid, in seconds.
struct LaborHours: Hashable, Sendable {
    var regular: Int64 = 0
    /// What goes beyond the regular part of a day.
    var overtime: Int64 = 0
    /// On a Saturday or a Sunday.
    var weekend: Int64 = 0
    var travel: Int64 = 0

    static let none = LaborHours()
    /// What is regular of a person's day: the rest is overtime.
    static let regularDay: Int64 = 8 * 3600

    /// Cuts a person's time into its parts. Days are those of the site's clock, so a day can have 23 or 25 hours, and weekends begin there.
    ///
    /// - Parameters:
    ///   - work: Whole seconds since 1970.
    ///   - others: Other work of the same person. What was before on the same day makes the regular part shorter.
    init(of work: Range<Int64>, besides others: [Range<Int64>], in zone: TimeZone) {
        let before = others.flatMap { Self.days(of: $0, in: zone) }
        var own: [Piece] = []
        for piece in Self.days(of: work, in: zone) {
            if piece.isWeekend {
                weekend += piece.length
            } else {
                let worked = (before + own).filter {
                    $0.day == piece.day && $0.range.lowerBound < piece.range.lowerBound
                }
                let left = max(0, Self.regularDay - worked.reduce(0) { $0 + $1.length })
                regular += min(left, piece.length)
                overtime += max(0, piece.length - left)
            }
            own.append(piece)
        }
    }

    init(regular: Int64 = 0, overtime: Int64 = 0, weekend: Int64 = 0, travel: Int64 = 0) {
        (self.regular, self.overtime, self.weekend, self.travel) = (regular, overtime, weekend, travel)
    }

    /// A part of one day, in which the clock is not changed.
    private struct Piece {
        /// Days since 1970-01-01, a Thursday, by the site's clock.
        var day: Int64
        var range: Range<Int64>

        var length: Int64 { range.upperBound - range.lowerBound }
        var isWeekend: Bool { [2, 3].contains(((day % 7) + 7) % 7) }
    }

    private static func days(of range: Range<Int64>, in zone: TimeZone) -> [Piece] {
        var pieces: [Piece] = []
        var start = range.lowerBound
        while start < range.upperBound {
            let offset = zone.offset(at: start)
            let day = Int64((Double(start + offset) / 86_400).rounded(.down))
            let end = zone.change(from: start, to: min(range.upperBound, (day + 1) * 86_400 - offset))
            pieces.append(Piece(day: day, range: start..<end))
            start = end
        }
        return pieces
    }
}

extension TimeZone {
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

extension LaborEntry {
    /// Its parts, given the person's other entries.
    func hours(besides others: [LaborEntry], in zone: TimeZone) -> LaborHours {
        guard removedAt == nil, let paid else { return .none }
        if kind == .travel { return LaborHours(travel: Int64(paid.count)) }
        let work = others.filter { $0.kind == .work && $0.id != id }
        return LaborHours(of: paid, besides: work.compactMap(\.paid), in: zone)
    }
}
