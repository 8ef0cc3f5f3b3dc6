import Commands
import HTTPTypes
import ServiceKit

extension Problem {
    /// Who is to do the work can't.
    static func ineligible(_ obstacles: [Obstacle]) -> Problem {
        let errors = obstacles.map { Problem.FieldError("assignedTo", $0.rule) }
        let text = obstacles.map(\.text).joined(separator: "; ")
        let people = obstacles.map(\.name).unique.joined(separator: ", ")
        return Problem(
            .conflict,
            "assignee_not_eligible",
            "who is assigned can't do the work: \(text)",
            ["people": people],
            errors: errors
        )
    }

    /// Nobody of the crew can, or nobody for a skill.
    static func crewIneligible(_ obstacles: [Obstacle], _ skill: String?) -> Problem {
        let errors = obstacles.map { Problem.FieldError("crewId", $0.rule) }
        let text = obstacles.map(\.text).joined(separator: "; ")
        guard let skill else {
            return Problem(.conflict, "crew_not_there", "nobody of the crew can do the work: \(text)", errors: errors)
        }
        return Problem(
            .conflict,
            "crew_not_qualified",
            "nobody of the crew can do what requires the skill \(skill): \(text)",
            ["skill": skill],
            errors: errors
        )
    }
}

extension Obstacle {
    fileprivate var text: String { rule.message }

    /// What keeps the person from doing the work, as a rule that the request breaks.
    fileprivate var rule: FieldRule { reason.rule(of: name) }
}

extension Ineligibility {
    /// - Parameter name: Whose reason it is.
    func rule(of name: String) -> FieldRule {
        switch self {
        case .inactive: FieldRule(code: "person_inactive", "\(name) is no active user", ["person": name])
        case .outsideSite: FieldRule(code: "person_outside_site", "\(name) belongs to other sites", ["person": name])
        case .skillMissing(let skill):
            FieldRule(
                code: "skill_missing",
                "\(name) does not have the skill \(skill)",
                ["person": name, "skill": skill]
            )
        case .certificateMissing(let skill):
            FieldRule(
                code: "certificate_missing",
                "\(name) has no valid certificate for \(skill)",
                ["person": name, "skill": skill]
            )
        case .certificateExpired(let skill, let day):
            FieldRule(
                code: "certificate_expired",
                "\(name)'s certificate for \(skill) is valid until \(day.rawValue) only",
                ["person": name, "skill": skill, "day": day.rawValue]
            )
        case .timeOff(let days):
            FieldRule(
                code: "person_off",
                "\(name) is off from \(days.first.rawValue) to \(days.last.rawValue)",
                ["person": name, "first": days.first.rawValue, "last": days.last.rawValue]
            )
        case .outsideShift: FieldRule(code: "outside_shift", "\(name) is on no shift at the time", ["person": name])
        case .doubleBooked(let number):
            FieldRule(
                code: "double_booked",
                "\(name) does \(number) at the time",
                ["person": name, "number": number]
            )
        case .overloaded(let planned, let available):
            FieldRule(
                code: "overloaded",
                "\(planned) minutes are planned for \(name) in the week, of \(available)",
                ["person": name, "planned": "\(planned)", "available": "\(available)"]
            )
        }
    }
}

extension [String] {
    fileprivate var unique: [String] { reduce(into: []) { if !$0.contains($1) { $0.append($1) } } }
}
