import Access
import Commands
import EventSchema
import Foundation
import Identifiers

enum ShiftKind {}
typealias ShiftID = Identifier<ShiftKind>
enum ShiftTurnKind {}
typealias ShiftTurnID = Identifier<ShiftTurnKind>

/// The same hours on some days of the week at a site, by its clock. Those that go past midnight belong to the day on which they begin.
struct Shift: Codable, Hashable, Sendable {
    let id: ShiftID
    let tenant: TenantID
    let site: SiteID
    var name: String
    var hours: WorkHours
    /// Whether it is for being called, not for being there: such hours are no hours of work.
    var isOnCall: Bool
    var isArchived: Bool
    let createdAt: Date
    let createdBy: UserID
    var updatedAt: Date
    /// Counts its changes.
    var version: Int64

    /// Of one site, those that are archived included.
    static let maximumCount = 200

    static func created(
        _ new: CreateShift,
        _ hours: WorkHours,
        id: ShiftID,
        of tenant: TenantID,
        by user: UserID,
        at now: Date
    ) -> Shift {
        Shift(
            id: id,
            tenant: tenant,
            site: new.siteId,
            name: new.name,
            hours: hours,
            isOnCall: new.isOnCall ?? false,
            isArchived: false,
            createdAt: now,
            createdBy: user,
            updatedAt: now,
            version: 1
        )
    }

    /// The shift after a change; `nil` when nothing differs.
    func changed(_ change: ChangeShift, seen: Int64?, at now: Date) throws(ShiftRefusal) -> Shift? {
        if let seen = change.version ?? seen, seen != version { throw .stale(current: version) }
        var next = self
        if let name = change.name.value { next.name = name }
        if let hours = change.hours.value?.workHours { next.hours = hours }
        if let isOnCall = change.isOnCall.value { next.isOnCall = isOnCall }
        if let isArchived = change.isArchived.value { next.isArchived = isArchived }
        guard next != self else { return nil }
        (next.updatedAt, next.version) = (now, version + 1)
        return next
    }
}

/// The hours of a shift, as they are written.
struct ShiftHours: Input {
    var days: [Weekday]
    var from: String
    var until: String

    static let rules: Rules = [
        "days": .items(1...7).means("The days of the week on which it begins"),
        "from": .timeOfDay.means("By the site's clock"),
        "until": .timeOfDay.means("The first minute after it; not after `from`: on the next day"),
    ]

    func check(at place: String, _ errors: inout FieldErrors) {
        errors.require(from != until, "\(place).until", .differs(from: "from"))
    }

    var workHours: WorkHours? {
        guard let from = ContractorHours.minutes(from), let until = ContractorHours.minutes(until) else { return nil }
        return WorkHours(days: Weekday.allCases.filter(days.contains), from: from, until: until)
    }
}

/// Creates a shift of a site.
struct CreateShift: Input {
    var siteId: SiteID
    var name: String
    var hours: ShiftHours
    var isOnCall: Bool?

    static let rules: Rules = [
        "siteId": .means("The site whose clock it follows"), "name": Shift.nameRule, "hours": .means("When it is"),
        "isOnCall": Shift.onCallRule,
    ]

    func check(_ errors: inout FieldErrors) { hours.check(at: "hours", &errors) }
}

/// Changes a shift, also for those who are on it already.
struct ChangeShift: Input {
    var name: Patch<String> = .keep
    var hours: Patch<ShiftHours> = .keep
    var isOnCall: Patch<Bool> = .keep
    var isArchived: Patch<Bool> = .keep
    /// The version that the caller has seen; `nil` changes any version.
    var version: Int64?

    static let rules: Rules = [
        "name": Shift.nameRule, "hours": .means("When it is"), "isOnCall": Shift.onCallRule,
        "isArchived": .means("true: nobody else is put on it"),
        "version": .whole(1...Int64.max).means(
            "The version that the client read last; another current version is a conflict"
        ),
    ]

    func check(_ errors: inout FieldErrors) { hours.value?.check(at: "hours", &errors) }
}

/// That somebody, or everybody in a crew, is on a shift for some time.
struct ShiftTurn: Codable, Hashable, Sendable {
    let id: ShiftTurnID
    let tenant: TenantID
    let shift: ShiftID
    let person: UserID?
    let crew: CrewID?
    /// The first day on which the shift begins for them.
    let first: LocalDay
    /// The last such day; `nil` when it goes on.
    var last: LocalDay?
    let createdAt: Date
    let createdBy: UserID

    /// Of one shift.
    static let maximumCount = 500
}

/// Puts somebody, or a crew, on a shift.
struct AddShiftTurn: Input {
    var userId: UserID?
    var crewId: CrewID?
    var first: String
    var last: String?

    static let rules: Rules = [
        "userId": .means("Who is on it; either this or `crewId`"),
        "crewId": .means("The crew whose members are on it, whoever they are on a day"),
        "first": Rule.day.means("The first day on which it begins for them"),
        "last": Rule.day.means("The last such day; without it, it goes on"),
    ]

    func check(_ errors: inout FieldErrors) {
        if let last { errors.require(first <= last, "last", .beforeFirst) }
    }
}

/// Says when a turn ends.
struct ChangeShiftTurn: Input {
    var last: Patch<String?> = .keep

    static let rules: Rules = ["last": Rule.day.means("The last day on which it begins for them; null: it goes on")]
}

/// The filter of a list of shifts.
struct ShiftFilter: Input {
    var siteId: SiteID?
    var isArchived: Bool?

    static let rules: Rules = [
        "siteId": .means("Only shifts of this site"),
        "isArchived": .means("true: only those that are archived; the default is false"),
    ]
}

struct ShiftPosition: Codable, Sendable {
    var name: String
    var id: ShiftID
}

extension Shift {
    fileprivate static let nameRule = Rule.line(1...100).means("What people call it").example("Early")
    fileprivate static let onCallRule = Rule.means(
        "true: its people can be called, and the hours are no hours of work; the default is false"
    )
}

extension FieldRule {
    static let beforeFirst = FieldRule(code: "before_first", "must not be before first")
}

/// Why a shift is not created or changed.
enum ShiftRefusal: Error, Hashable, Sendable {
    case unknown
    case unknownTurn
    case outOfReach
    case unknownSite
    case unknownPerson
    case unknownCrew
    /// Neither a person nor a crew is put on it, or both are.
    case nobody
    case archived
    case tooMany(maximum: Int)
    /// The turn would end before it begins.
    case reversed
    case stale(current: Int64)
}
