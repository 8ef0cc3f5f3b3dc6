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
        let before = others.flatMap { SiteDay.parts(of: $0, in: zone) }
        var own: [SiteDay] = []
        for piece in SiteDay.parts(of: work, in: zone) {
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
