import Access
import Commands
import EventSchema
import Foundation
import Identifiers

enum TimeOffKind {}
typealias TimeOffID = Identifier<TimeOffKind>

/// Days on which somebody does not work. They ask for them, and somebody else decides.
struct TimeOff: Codable, Hashable, Sendable {
    let id: TimeOffID
    let tenant: TenantID
    let person: UserID
    let kind: TimeOffReason
    /// Days by the clock of wherever they would work.
    let first: LocalDay
    let last: LocalDay
    let note: String?
    var status: TimeOffStatus
    var decidedBy: UserID?
    var decidedAt: Date?
    /// Why it was refused.
    var reason: String?
    let createdAt: Date
    var updatedAt: Date
    /// Counts its changes.
    var version: Int64

    var days: DaySpan { DaySpan(first: first, last: last) }

    /// A year.
    static let maximumDays = 366

    static func asked(_ new: AskTimeOff, id: TimeOffID, of tenant: TenantID, by user: UserID, at now: Date) -> TimeOff?
    {
        guard let first = LocalDay(rawValue: new.first), let last = LocalDay(rawValue: new.last) else { return nil }
        return TimeOff(
            id: id,
            tenant: tenant,
            person: user,
            kind: new.kind ?? .vacation,
            first: first,
            last: last,
            note: new.note,
            status: .requested,
            createdAt: now,
            updatedAt: now,
            version: 1
        )
    }

    /// Somebody else has decided.
    func decided(
        _ status: TimeOffStatus,
        because reason: String? = nil,
        seen: Int64?,
        by user: UserID,
        at now: Date
    ) throws(TimeOffRefusal) -> TimeOff {
        if let seen, seen != version { throw .stale(current: version) }
        guard self.status == .requested else { throw .decided(self.status) }
        guard !SeparatedDuties.approval.forbid(user, after: [person]) else { throw .own }
        var next = self
        (next.status, next.reason, next.decidedBy, next.decidedAt) = (status, reason, user, now)
        (next.updatedAt, next.version) = (now, version + 1)
        return next
    }

    /// Who has asked for it comes after all.
    func withdrawn(seen: Int64?, by user: UserID, at now: Date) throws(TimeOffRefusal) -> TimeOff {
        if let seen, seen != version { throw .stale(current: version) }
        guard person == user else { throw .notOwn }
        guard status == .requested || status == .approved else { throw .decided(status) }
        var next = self
        next.status = .withdrawn
        (next.updatedAt, next.version) = (now, version + 1)
        return next
    }
}

enum TimeOffReason: String, CaseIterable, Codable, Sendable {
    case vacation, sickness, training, other
}

enum TimeOffStatus: String, CaseIterable, Codable, Sendable {
    case requested, approved, refused, withdrawn
}

/// Asks for time off, for oneself.
struct AskTimeOff: Input {
    var first: String
    var last: String
    var kind: TimeOffReason?
    var note: String?

    static let rules: Rules = [
        "first": Rule.day.means("The first day"), "last": Rule.day.means("The last day"),
        "kind": .means("The default is `vacation`"),
        "note": .text(1...1000).means("What whoever decides should know"),
    ]

    func check(_ errors: inout FieldErrors) {
        guard let first = LocalDay(rawValue: first), let last = LocalDay(rawValue: last) else { return }
        errors.require(first <= last, "last", .beforeFirst)
        errors.require(
            last.number - first.number < Int64(TimeOff.maximumDays),
            "last",
            .longerThan(days: TimeOff.maximumDays)
        )
    }
}

/// Refuses time off.
struct RefuseTimeOff: Input {
    var reason: String

    static let rules: Rules = ["reason": .text(1...1000).means("Why it is refused")]

    func check(_ errors: inout FieldErrors) { errors.require(!reason.isBlank, "reason", .blank) }
}

/// The filter of a list of time off.
struct TimeOffFilter: Input {
    var userId: UserID?
    var siteId: SiteID?
    var status: [TimeOffStatus]?
    var from: String?
    var to: String?

    static let rules: Rules = [
        "siteId": .means("Only that of people of this site"),
        "status": .items(1...TimeOffStatus.allCases.count).means("One of these; repeat the parameter for several"),
        "from": Rule.day.means("Only what ends on this day or later"),
        "to": Rule.day.means("Only what begins on this day or earlier"),
    ]
}

struct TimeOffPosition: Codable, Sendable {
    var first: String
    var id: TimeOffID
}

extension FieldRule {
    static func longerThan(days: Int) -> FieldRule {
        FieldRule(code: "too_many_days", "must be at most \(days) days after it begins", ["maximum": "\(days)"])
    }
}

/// Why time off is not asked for, or not decided.
enum TimeOffRefusal: Error, Hashable, Sendable {
    case unknown
    case outOfReach
    /// Nobody decides about their own.
    case own
    /// Only who has asked for it withdraws it.
    case notOwn
    /// There is other time off on some of its days.
    case overlaps(DaySpan)
    case decided(TimeOffStatus)
    case stale(current: Int64)
}
