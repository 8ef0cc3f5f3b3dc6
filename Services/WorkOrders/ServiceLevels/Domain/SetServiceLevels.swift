import Access
import Commands
import EventSchema
import Foundation
import Identifiers

/// Sets a tenant's service levels. They count at once for work that is not completed.
struct SetServiceLevels: Input {
    struct Level: Input {
        var priority: WorkOrderPriority
        var respondMinutes: Int64?
        var restoreMinutes: Int64?
        var isAroundTheClock: Bool?

        static let rules: Rules = [
            "priority": .means("The priority of the work for which it counts"),
            "respondMinutes": .whole(1...ServiceLevels.maximumMinutes).means(
                "The time from the submission until work begins; without it none is promised"
            ),
            "restoreMinutes": .whole(1...ServiceLevels.maximumMinutes).means(
                "The time from the submission until the work is completed; without it none is promised"
            ),
            "isAroundTheClock": .means("true: every hour counts, whatever the site's hours are; the default is false"),
        ]
    }

    struct Hours: Input {
        var days: [Weekday]
        var from: String
        var until: String

        static let rules: Rules = [
            "days": .items(1...7).means("The days of the week on which they begin"),
            "from": .timeOfDay.means("By the site's clock"),
            "until": .timeOfDay.means("The first minute that does not count; not after `from`: on the next day"),
        ]
    }

    struct SiteHours: Input {
        var siteId: SiteID
        var hours: Hours?

        static let rules: Rules = ["hours": .means("Without them every hour counts there")]
    }

    var levels: [Level]
    var hours: Hours?
    var sites: [SiteHours]?
    var pausedBy: [HoldReason]?
    /// The version that the caller has seen; `nil` changes any version.
    var version: Int64?

    static let rules: Rules = [
        "levels": .items(0...WorkOrderPriority.allCases.count).means("One for each priority that has one"),
        "hours": .means("The hours that count at sites that have none of their own; without them every hour counts"),
        "sites": .items(0...ServiceLevels.maximumSites).means("Sites with hours of their own"),
        "pausedBy": .items(0...HoldReason.allCases.count).means(
            "Work that is on hold for one of these reasons does not count"
        ),
        "version": .whole(0...Int64.max).means(
            "The version that the client read last; another current version is a conflict"
        ),
    ]

    func check(_ errors: inout FieldErrors) {
        let isRepeated = Set(levels.map(\.priority)).count < levels.count
        errors.require(!isRepeated, "levels", .duplicate("must not have a priority twice"))
        let sites = sites ?? []
        errors.require(
            Set(sites.map(\.siteId)).count == sites.count,
            "sites",
            .duplicate("must not have a site twice")
        )
        hours?.check(at: "hours", &errors)
        for (index, site) in sites.enumerated() { site.hours?.check(at: "sites[\(index)].hours", &errors) }
        checkLimits(&errors)
    }

    private func checkLimits(_ errors: inout FieldErrors) {
        // No hours at all are all of them.
        let weeks = ([hours] + (sites ?? []).map(\.hours)).compactMap { $0?.workHours?.minutesPerWeek }
        let year = Int64(weeks.min() ?? 7 * 1440) * 52
        for (index, level) in levels.enumerated() {
            errors.require(
                level.respondMinutes != nil || level.restoreMinutes != nil,
                "levels[\(index)].restoreMinutes",
                .required("is required, unless there is a respondMinutes")
            )
            guard level.isAroundTheClock != true else { continue }
            for (name, minutes) in [("respondMinutes", level.respondMinutes), ("restoreMinutes", level.restoreMinutes)]
            {
                errors.require(minutes ?? 0 <= year, "levels[\(index)].\(name)", .longerThanAYear(year))
            }
        }
    }

    /// - Throws: ``ServiceLevelRefusal/stale(current:)``.
    func levels(after before: ServiceLevels, seen: Int64?) throws(ServiceLevelRefusal) -> ServiceLevels {
        if let seen = version ?? seen, seen != before.version { throw .stale(current: before.version) }
        return ServiceLevels(
            levels: levels.map {
                ServiceLevels.Level(
                    priority: $0.priority,
                    respondMinutes: $0.respondMinutes,
                    restoreMinutes: $0.restoreMinutes,
                    isAroundTheClock: $0.isAroundTheClock ?? false
                )
            }.sorted { $0.priority.rank < $1.priority.rank },
            hours: hours?.workHours,
            sites: (sites ?? []).map { ServiceLevels.SiteHours(site: $0.siteId, hours: $0.hours?.workHours) },
            pausedBy: HoldReason.allCases.filter { pausedBy?.contains($0) ?? false },
            version: before.version + 1
        )
    }
}

extension SetServiceLevels.Hours {
    fileprivate func check(at place: String, _ errors: inout FieldErrors) {
        errors.require(from != until, "\(place).until", .differs(from: "from"))
    }

    fileprivate var workHours: WorkHours? {
        guard let from = ContractorHours.minutes(from), let until = ContractorHours.minutes(until) else { return nil }
        return WorkHours(days: Weekday.allCases.filter(days.contains), from: from, until: until)
    }
}

extension ServiceLevels {
    /// A year.
    static let maximumMinutes: Int64 = 525_600
    static let maximumSites = 1000
}

extension WorkOrderPriority {
    /// Its place among the priorities, the least urgent first.
    fileprivate var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }
}

extension FieldRule {
    fileprivate static func longerThanAYear(_ minutes: Int64) -> FieldRule {
        FieldRule(
            code: "longer_than_a_year",
            "must be at most \(minutes) minutes, which is a year of the hours that count",
            ["maximum": "\(minutes)"]
        )
    }
}
