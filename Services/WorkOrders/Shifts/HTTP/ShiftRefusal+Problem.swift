import Commands
import HTTPTypes
import ServiceKit

extension ShiftRefusal: ProblemConvertible {
    var problem: Problem {
        switch self {
        case .unknown: .notFound("shift")
        case .unknownTurn: .notFound("turn")
        case .outOfReach: .tooNarrow("your permission does not cover this shift")
        case .unknownSite: .field("siteId", FieldRule(problem: "unknown_site", "there is no such site"))
        case .unknownPerson: .field("userId", FieldRule(problem: "unknown_person", "there is no such active user"))
        case .unknownCrew:
            .field("crewId", FieldRule(problem: "unknown_crew", "there is no such crew at the site of the shift"))
        case .nobody:
            .field("userId", .oneField(["userId", "crewId"], "exactly one of userId and crewId is required"))
        case .archived: Problem(.conflict, "shift_archived", "the shift is archived: nobody is put on it")
        case .tooMany(let maximum):
            Problem(.conflict, "too_many_shifts", "there are \(maximum) already", ["maximum": "\(maximum)"])
        case .reversed: .field("last", .beforeFirst)
        case .stale(let current):
            Problem(
                .conflict,
                "stale_version",
                "somebody else has changed the shift: read it again",
                currentVersion: current
            )
        }
    }
}

extension TimeOffRefusal: ProblemConvertible {
    var problem: Problem {
        switch self {
        case .unknown: .notFound("time off")
        case .outOfReach: .tooNarrow("your permission does not cover this person's time off")
        case .own: Problem(.forbidden, "decides_own_time_off", "nobody decides about their own time off")
        case .notOwn: .tooNarrow("the time off is somebody else's")
        case .overlaps(let days):
            Problem(
                .conflict,
                "time_off_overlaps",
                "there is time off from \(days.first.rawValue) to \(days.last.rawValue) already",
                ["first": days.first.rawValue, "last": days.last.rawValue]
            )
        case .decided(let status):
            Problem(
                .conflict,
                "time_off_decided",
                "the time off is \(status.rawValue) already",
                ["status": status.rawValue]
            )
        case .stale(let current):
            Problem(
                .conflict,
                "stale_version",
                "somebody else has changed the time off: read it again",
                currentVersion: current
            )
        }
    }
}
