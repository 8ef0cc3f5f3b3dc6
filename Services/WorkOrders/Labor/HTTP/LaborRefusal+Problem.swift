import Commands
import EventSchema
import HTTPTypes
import ServiceKit

extension LaborRefusal: ProblemConvertible {
    var problem: Problem {
        switch self {
        case .unknownEntry: .notFound("labor entry")
        case .unknownPerson: .field("userId", FieldRule(problem: "unknown_person", "there is no such active user"))
        case .clockRunning(let number):
            Problem(
                .conflict,
                "clock_running",
                "this person's clock runs already, on \(number)",
                ["number": number]
            )
        case .overlaps(let number):
            Problem(
                .conflict,
                "labor_overlaps",
                "this person has recorded time then already, on \(number)",
                ["number": number]
            )
        case .notInProgress(let phase):
            Problem(
                .conflict,
                "not_in_progress",
                "the clock runs only while work is in progress: it is \(phase.rawValue)",
                ["status": phase.status.rawValue]
            )
        case .alreadyStopped: Problem(.conflict, "clock_stopped", "this clock was stopped already")
        case .inFuture(let field): .field(field.rawValue, .notInPast)
        case .endsBeforeItBegins: .field("endedAt", .after("startedAt"))
        case .tooLong: .field("endedAt", .tooLong)
        case .beganTooLongAgo: .field("startedAt", .tooLong)
        case .breakTooLong:
            .field("breakMinutes", FieldRule(code: "break_too_long", "must not be longer than the time itself"))
        case .tooMany:
            Problem(
                .conflict,
                "too_many_labor_entries",
                "a work order has at most \(LaborEntry.maximumEntries) entries",
                ["maximum": "\(LaborEntry.maximumEntries)"]
            )
        case .stale(let current):
            Problem(
                .conflict,
                "stale_version",
                "somebody else has changed the entry: read it again",
                currentVersion: current
            )
        }
    }
}

extension FieldRule {
    /// A time that has not come yet.
    static let notInPast = FieldRule(code: "in_future", "must not be in the future")
    fileprivate static let tooLong = FieldRule(
        code: "labor_too_long",
        "must be at most \(LaborEntry.maximumHours) hours after it began",
        ["maximum": "\(LaborEntry.maximumHours)"]
    )
}
