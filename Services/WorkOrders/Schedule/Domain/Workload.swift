import Commands
import EventSchema
import Foundation
import Identifiers

/// How much is planned for a person in a week, and how much they work.
struct Workload: Hashable, Sendable {
    var person: UserID
    var name: String
    /// In minutes; work of more than a day counts with the hours of their shifts.
    var planned: Int64
    /// In minutes, without their time off; `nil` while they are on no shift.
    var available: Int64?

    init(of person: PersonFacts, in week: Range<Int64>, _ zone: TimeZone) {
        (self.person, name) = (person.id, person.name)
        planned = person.bookings.reduce(0) { $0 + person.effort(of: $1.window, in: week) } / 60
        available = person.available(in: week, zone).map { $0 / 60 }
    }

    /// Of their hours, in whole percent; `nil` where they have none.
    var percent: Int? {
        guard let available, available > 0 else { return nil }
        return Int((planned * 100 + available / 2) / available)
    }
}

/// Two work orders that one person is to do at the same time.
struct ScheduleConflict: Hashable, Sendable {
    var person: UserID
    var name: String
    /// The work order of the schedule.
    var order: WorkOrderID
    /// The other one; it may be of another site.
    var number: String
}

extension PersonFacts {
    /// The other work of the person at the time of each of theirs.
    func conflicts(in range: Range<Int64>) -> [ScheduleConflict] {
        bookings.filter { $0.window.overlaps(range) }.flatMap { one in
            bookings.filter { $0.order != one.order && $0.window.overlaps(one.window) }.map {
                ScheduleConflict(person: id, name: name, order: one.order, number: $0.number)
            }
        }
    }
}

/// Which part of the schedule is asked for.
struct ScheduleFilter: Input {
    var from: Date
    var to: Date
    var siteId: SiteID?
    var assignedTo: UserID?
    var crewId: CrewID?

    /// In days.
    static let maximumDays = 62

    static let rules: Rules = [
        "from": .means("Only work that is planned to end after this moment"),
        "to": .means("Only work that is planned to begin before this moment; at most 62 days after `from`"),
        "siteId": .means("Only work, shifts and people of this site"),
        "assignedTo": .means("Only work of this person, alone or in a crew"),
        "crewId": .means("Only work of this crew"),
    ]

    func check(_ errors: inout FieldErrors) {
        errors.require(from < to, "to", .after("from"))
        errors.require(
            to.timeIntervalSince(from) <= Double(Self.maximumDays) * 86_400,
            "to",
            .longerThan(days: Self.maximumDays)
        )
    }

    /// In whole seconds since 1970.
    var range: Range<Int64> {
        let start = Int64(from.timeIntervalSince1970.rounded(.down))
        return start..<max(start + 1, Int64(to.timeIntervalSince1970.rounded(.up)))
    }
}

/// Whose workload is asked for, and when.
struct WorkloadFilter: Input {
    var week: String
    var siteId: SiteID

    static let rules: Rules = [
        "week": Rule.day.means("A day of the week, which begins on Monday by the site's clock"),
        "siteId": .means("The site whose people are meant"),
    ]
}
