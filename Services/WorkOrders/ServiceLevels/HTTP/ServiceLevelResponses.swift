import Access
import EventSchema
import Foundation
import Identifiers
import Responses
import ServiceKit

/// `GET /workorders/service-levels`: as they are set.
struct ServiceLevelsResponse: Answer, Codable, Versioned {
    struct Level: Codable {
        var priority: WorkOrderPriority
        /// The time from the submission until work begins.
        var respondMinutes: Int64?
        /// The time from the submission until the work is completed.
        var restoreMinutes: Int64?
        var isAroundTheClock: Bool
    }

    struct Hours: Codable {
        var days: [Weekday]
        var from: String
        var until: String
    }

    struct SiteHours: Codable {
        var siteId: SiteID
        var hours: Hours?
    }

    var levels: [Level]
    /// Of sites that have none of their own; absent: every hour counts.
    var hours: Hours?
    var sites: [SiteHours]
    /// Work that is on hold for one of these reasons does not count.
    var pausedBy: [HoldReason]
    var version: Int64
}

extension ServiceLevelsResponse {
    init(_ levels: ServiceLevels) {
        self.init(
            levels: levels.levels.map {
                Level(
                    priority: $0.priority,
                    respondMinutes: $0.respondMinutes,
                    restoreMinutes: $0.restoreMinutes,
                    isAroundTheClock: $0.isAroundTheClock
                )
            },
            hours: levels.hours.map(Hours.init),
            sites: levels.sites.map { SiteHours(siteId: $0.site, hours: $0.hours.map(Hours.init)) },
            pausedBy: levels.pausedBy,
            version: levels.version
        )
    }
}

extension ServiceLevelsResponse.Hours {
    fileprivate init(_ hours: WorkHours) {
        self.init(days: hours.days, from: ContractorHours.text(hours.from), until: ContractorHours.text(hours.until))
    }
}

extension ServiceLevelResponse {
    /// - Returns: `nil` if nothing is promised.
    init?(_ clocks: [ServiceClock], at now: Date) {
        let parts = clocks.map { ServiceClockResponse($0, at: now) }
        guard !parts.isEmpty else { return nil }
        let standings = Set(parts.map(\.standing))
        let worst = [ServiceStanding.breached, .atRisk].first(where: standings.contains) ?? .onTime
        self.init(standing: worst, clocks: parts)
    }
}

extension ServiceClockResponse {
    fileprivate init(_ clock: ServiceClock, at now: Date) {
        self.init(
            clock: clock.kind,
            state: clock.state,
            standing: clock.standing(at: now),
            limitMinutes: clock.limitMinutes,
            atRiskAt: clock.atRiskAt,
            dueAt: clock.dueAt,
            endedAt: clock.endedAt,
            // A minute that has begun counts.
            remainingMinutes: clock.remaining.map { ($0 + 59) / 60 }
        )
    }
}
