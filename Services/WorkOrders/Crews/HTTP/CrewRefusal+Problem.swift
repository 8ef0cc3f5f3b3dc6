import Commands
import HTTPTypes
import ServiceKit

extension CrewRefusal: ProblemConvertible {
    var problem: Problem {
        switch self {
        case .unknown: .notFound("crew")
        case .outOfReach: .tooNarrow("your permission does not cover this crew")
        case .unknownSite: .field("siteId", FieldRule(problem: "unknown_site", "there is no such site"))
        case .unknownMember(let index):
            .field("members[\(index)].userId", FieldRule(problem: "unknown_person", "there is no such active user"))
        case .unknownSupervisor:
            .field("supervisorId", FieldRule(problem: "unknown_person", "there is no such active user"))
        case .tooManyMembers(let maximum):
            .field(
                "members",
                FieldRule(problem: "crew_full", "must have at most \(maximum) people", ["maximum": "\(maximum)"])
            )
        case .leaderMissing:
            .field(
                "members",
                FieldRule(problem: "crew_leader_missing", "must have a lead, unless there is a supervisor")
            )
        case .codeTaken:
            Problem(.conflict, "crew_code_taken", "another crew of the site has this code")
        case .tooMany:
            Problem(
                .conflict,
                "too_many_crews",
                "an organization has at most \(Crew.maximumCount) crews",
                ["maximum": "\(Crew.maximumCount)"]
            )
        case .tooMuchWork:
            Problem(
                .conflict,
                "crew_has_too_much_work",
                "the crew has more than \(Crew.maximumWork) unfinished work orders, too many to change its members",
                ["maximum": "\(Crew.maximumWork)"]
            )
        case .hasWork(let count):
            Problem(
                .conflict,
                "crew_has_work",
                "the crew has \(count) unfinished work orders: give them to others first",
                ["count": "\(count)"]
            )
        case .stale(let current):
            Problem(
                .conflict,
                "stale_version",
                "somebody else has changed the crew: read it again",
                currentVersion: current
            )
        }
    }
}
