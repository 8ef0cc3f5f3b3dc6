import Access
import EventSchema
import Foundation
import Identifiers

/// What is known of those who do a work order, or are to do it.
struct Workforce: Sendable {
    /// The clock of the work order's site.
    var zone: TimeZone
    var people: [UserID: PersonFacts] = [:]
    /// The skills that only a certificate proves, in lower case.
    var certified: Set<String> = []
    /// The crew that it is given to by the command.
    var crew: Crew?

    func person(_ id: UserID) -> PersonFacts {
        // Who is not known here any more has left.
        people[id] ?? PersonFacts(id: id, name: id.description, isActive: false)
    }
}

/// Somebody, and what keeps them from doing the work.
struct Obstacle: Hashable, Sendable {
    var person: UserID
    var name: String
    var reason: Ineligibility
}

extension WorkOrder {
    /// Everybody who does it.
    var doers: [UserID] { crewMembers + [assignedTo].compactMap(\.self).filter { !crewMembers.contains($0) } }

    var isAssigned: Bool { assignedTo != nil || crew != nil }

    /// When it is planned for, in whole seconds since 1970. Work without an end takes an hour, as far as plans go.
    var plannedWindow: Range<Int64>? {
        guard let scheduledStart else { return nil }
        let start = Int64(scheduledStart.timeIntervalSince1970.rounded(.down))
        let end = scheduledEnd.map { Int64($0.timeIntervalSince1970.rounded(.up)) } ?? start + 3600
        return start..<max(end, start + 1)
    }

    func job(
        in window: Range<Int64>?,
        by workforce: Workforce,
        under rules: AttributeRules,
        at now: Date
    ) -> Job {
        Job(
            order: id,
            site: site,
            zone: workforce.zone,
            skills: requiredSkills,
            window: window,
            now: Int64(now.timeIntervalSince1970.rounded(.down)),
            certified: workforce.certified,
            requiresSkills: rules.requiresSkills
        )
    }

    /// Refuses to have the work done by people who may not do it, or when they can't.
    ///
    /// - Parameters:
    ///   - begun: When work begins, for a move that begins it; `nil` where it is planned.
    ///   - workforce: `nil` where nothing is known of people.
    func requireEligible(
        _ workforce: Workforce?,
        begun: Date? = nil,
        under rules: AttributeRules,
        at now: Date
    ) throws(Refusal) {
        guard let workforce, isAssigned else { return }
        var window = plannedWindow
        if let begun {
            let start = Int64(begun.timeIntervalSince1970.rounded(.down))
            window = start..<max(window?.upperBound ?? 0, start + 1)
        }
        let job = job(in: window, by: workforce, under: rules, at: now)
        if crew != nil {
            try requireEligibleCrew(workforce, for: job)
        } else if let assignedTo {
            let person = workforce.person(assignedTo)
            let reasons = person.obstacles(to: job)
            let skills = reasons.compactMap { if case .skillMissing(let skill) = $0 { skill } else { nil } }
            guard skills.isEmpty else { throw .skillsMissing(skills) }
            guard reasons.isEmpty else { throw .ineligible(reasons.map { person.obstacle($0) }) }
        }
    }

    /// Somebody of the crew must be there, and somebody who is must be qualified for each skill. Who leads must be there.
    private func requireEligibleCrew(_ workforce: Workforce, for job: Job) throws(Refusal) {
        let crew = doers.map(workforce.person)
        func absent(_ person: PersonFacts) -> [Obstacle] {
            person.absence(from: job).filter { $0.forbids(job) }.map { person.obstacle($0) }
        }
        if let assignedTo {
            let obstacles = absent(workforce.person(assignedTo))
            guard obstacles.isEmpty else { throw .ineligible(obstacles) }
        }
        guard crew.contains(where: { absent($0).isEmpty }) else { throw .crewIneligible(crew.flatMap(absent)) }
        for skill in job.skills {
            var part = job
            part.skills = [skill]
            guard !crew.contains(where: { $0.obstacles(to: part).isEmpty }) else { continue }
            throw .crewIneligible(
                crew.flatMap { person in person.obstacles(to: part).map { person.obstacle($0) } },
                skill: skill
            )
        }
    }
}

extension PersonFacts {
    fileprivate func obstacle(_ reason: Ineligibility) -> Obstacle { Obstacle(person: id, name: name, reason: reason) }
}
