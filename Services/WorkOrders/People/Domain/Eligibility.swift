import Access
import EventSchema
import Foundation
import Identifiers

/// Why somebody is not, or had better not be, the one who does a work order.
enum Ineligibility: Hashable, Sendable {
    case inactive
    /// They belong to other sites.
    case outsideSite
    case skillMissing(String)
    case certificateMissing(String)
    /// It ends, or has ended, before the work does.
    case certificateExpired(String, LocalDay)
    case timeOff(DaySpan)
    case outsideShift
    /// They do another work order at the time.
    case doubleBooked(number: String)
    /// More work is planned for the week than they have hours, in minutes.
    case overloaded(planned: Int64, available: Int64)
}

/// What is known of a person.
struct PersonFacts: Hashable, Sendable {
    struct HeldCertificate: Hashable, Sendable {
        var skill: String
        var validUntil: LocalDay?
    }

    /// The hours of a shift that they are on.
    struct Turn: Hashable, Sendable {
        var calendar: WorkCalendar
        var isOnCall: Bool
        /// The days on which it begins for them.
        var first: LocalDay
        var last: LocalDay?

        func windows(in range: Range<Int64>) -> [Range<Int64>] {
            let days = first.number...(last?.number ?? .max)
            return calendar.windows(in: range) { days.contains($0) }
        }
    }

    /// Other work that is planned for them.
    struct Booking: Hashable, Sendable {
        var order: WorkOrderID
        var number: String
        var window: Range<Int64>
    }

    var id: UserID
    var name: String
    var isActive = true
    var sites: Set<SiteID> = []
    var skills: [String] = []
    /// Those that are active, ended ones included.
    var certificates: [HeldCertificate] = []
    /// What was approved.
    var timeOff: [DaySpan] = []
    var turns: [Turn] = []
    var bookings: [Booking] = []
}

/// What a work order asks of a person, as it is planned.
struct Job: Hashable, Sendable {
    /// The work order itself, which is no other work.
    var order: WorkOrderID?
    var site: SiteID
    var zone: TimeZone
    var skills: [String]
    /// When it is done, in whole seconds since 1970; `nil` until it is planned.
    var window: Range<Int64>?
    /// When it is asked, in seconds since 1970.
    var now: Int64
    /// The skills that only a certificate proves, in lower case.
    var certified: Set<String> = []
    /// Whether the organization lets nobody do work who lacks a skill for it.
    var requiresSkills = false
}

extension PersonFacts {
    /// Everything that speaks against giving the job to the person, in the order of ``Ineligibility``.
    func reasons(against job: Job) -> [Ineligibility] {
        absence(from: job) + qualification(for: job) + load(with: job)
    }

    /// What keeps the job from being given to the person.
    func obstacles(to job: Job) -> [Ineligibility] { reasons(against: job).filter { $0.forbids(job) } }

    /// Whether they are there at all.
    func absence(from job: Job) -> [Ineligibility] {
        var reasons: [Ineligibility] = []
        if !isActive { reasons.append(.inactive) }
        if !sites.isEmpty, !sites.contains(job.site) { reasons.append(.outsideSite) }
        if let window = job.window {
            reasons += timeOff.filter { $0.range(in: job.zone).overlaps(window) }.map(Ineligibility.timeOff)
        }
        return reasons
    }

    /// A certificate proves a skill, whatever the person's account says; where the skill needs one, nothing else does.
    private func qualification(for job: Job) -> [Ineligibility] {
        let held = Set(skills.map { $0.lowercased() })
        return job.skills.flatMap { skill -> [Ineligibility] in
            let key = skill.lowercased()
            let proofs = certificates.filter { $0.skill.lowercased() == key }
            let isProven = proofs.contains { $0.isValid(for: job) }
            guard !isProven else { return [] }
            guard job.certified.contains(key) else { return held.contains(key) ? [] : [.skillMissing(skill)] }
            let end = proofs.compactMap(\.validUntil).max()
            return [end.map { .certificateExpired(skill, $0) } ?? .certificateMissing(skill)]
        }
    }

    private func load(with job: Job) -> [Ineligibility] {
        guard let window = job.window else { return [] }
        var reasons: [Ineligibility] = []
        if !turns.isEmpty, isOutsideShift(window) { reasons.append(.outsideShift) }
        let others = bookings.filter { $0.order != job.order }
        reasons += others.filter { $0.window.overlaps(window) }.map { .doubleBooked(number: $0.number) }
        let monday = LocalDay(at: window.lowerBound, in: job.zone).monday
        let week = DaySpan(first: monday, last: monday.adding(6)).range(in: job.zone)
        if let available = available(in: week, job.zone) {
            let planned = others.map(\.window).reduce(effort(of: window, in: week)) { $0 + effort(of: $1, in: week) }
            if planned > available { reasons.append(.overloaded(planned: planned / 60, available: available / 60)) }
        }
        return reasons
    }

    /// Work of more than a day is done in the hours of the shifts that it has; it needs some of them.
    private func isOutsideShift(_ window: Range<Int64>) -> Bool {
        let present = presence(in: window)
        return window.count > Self.day ? present.isEmpty : present.missing(of: window) > 0
    }

    /// When they are there, or can be called.
    func presence(in range: Range<Int64>) -> [Range<Int64>] { turns.flatMap { $0.windows(in: range) }.joined }

    /// How many seconds they work in a range, without their time off; `nil` while they are on no shift.
    func available(in range: Range<Int64>, _ zone: TimeZone) -> Int64? {
        let turns = turns.filter { !$0.isOnCall }
        guard !turns.isEmpty else { return nil }
        let hours = turns.flatMap { $0.windows(in: range) }.joined
        return hours.without(timeOff.map { $0.range(in: zone) }).seconds(in: range)
    }

    /// How many seconds of a range planned work takes: of more than a day, only their hours.
    func effort(of window: Range<Int64>, in range: Range<Int64>) -> Int64 {
        let part = window.clamped(to: range)
        guard window.count > Self.day, !turns.isEmpty else { return Int64(part.count) }
        return presence(in: part).seconds(in: part)
    }

    private static let day = 86_400
}

extension PersonFacts.HeldCertificate {
    /// It must be valid until the work ends: by the site's clock, to the end of its last day.
    fileprivate func isValid(for job: Job) -> Bool {
        guard let validUntil else { return true }
        return validUntil.range(in: job.zone).upperBound >= job.window?.upperBound ?? job.now + 1
    }
}

extension Ineligibility {
    /// Whether it forbids to give the job to the person. Of everything else, people are warned.
    func forbids(_ job: Job) -> Bool {
        switch self {
        case .inactive, .certificateMissing, .certificateExpired, .timeOff: true
        case .skillMissing: job.requiresSkills
        case .outsideSite, .outsideShift, .doubleBooked, .overloaded: false
        }
    }
}
