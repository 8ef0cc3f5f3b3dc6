import Commands
import Foundation

/// How long a tenant's work orders stay in its lists, and how long they stay at all.
///
/// What has ended and was not changed for some months goes into the archive: it can be found and read there, and nothing of it changes any more.
/// Years after that, it is deleted with all that belongs to it.
struct Retention: Input, Codable, Hashable {
    /// `nil`: nothing goes into the archive.
    var archiveAfterMonths: Int?
    /// Counted from the end of the year in which it went into the archive, so that the costs of a year end together; `nil`: for ever.
    var keepYears: Int?

    /// The specification keeps records for seven years.
    static let usual = Retention(archiveAfterMonths: 24, keepYears: 7)

    static let rules: Rules = [
        "archiveAfterMonths": .whole(1...120).means(
            "After so many months without a change, work that is closed or cancelled goes into the archive; without it never"
        ),
        "keepYears": .whole(1...50).means(
            "So many full years after that, it is deleted with all that belongs to it; without it never"
        ),
    ]

    /// Only what is in the archive ends.
    var isPossible: Bool { keepYears == nil || archiveAfterMonths != nil }

    /// What was not changed since then goes into the archive.
    func archivesUnchangedSince(at now: Date) -> Date? {
        archiveAfterMonths.flatMap { Self.calendar.date(byAdding: .month, value: -$0, to: now) }
    }

    /// What went into the archive before then is deleted.
    func deletesArchivedBefore(at now: Date) -> Date? {
        guard let keepYears else { return nil }
        return Self.calendar.date(from: DateComponents(year: WorkOrderNumber.year(of: now) - keepYears))
    }

    private static var calendar: Calendar {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = .gmt
        return calendar
    }
}
