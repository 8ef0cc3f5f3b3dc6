import EventSchema
import Foundation
import Identifiers

/// In what time a tenant's work begins and is completed, by priority. It promises nothing until somebody says so.
struct ServiceLevels: Codable, Hashable, Sendable {
    struct Level: Codable, Hashable, Sendable {
        var priority: WorkOrderPriority
        /// Until work begins; `nil` where no time is promised for that.
        var respondMinutes: Int64?
        /// Until the work is completed.
        var restoreMinutes: Int64?
        /// Whether every hour counts, whatever the calendar says.
        var isAroundTheClock: Bool

        func limit(of clock: ServiceClockKind) -> Int64? {
            switch clock {
            case .respond: respondMinutes
            case .restore: restoreMinutes
            case .unknown: nil
            }
        }
    }

    /// The hours of one site that has its own.
    struct SiteHours: Codable, Hashable, Sendable {
        var site: SiteID
        /// `nil`: every hour counts.
        var hours: WorkHours?
    }

    var levels: [Level] = []
    /// Of all sites that have none of their own; `nil`: every hour counts.
    var hours: WorkHours?
    var sites: [SiteHours] = []
    /// Work on hold for one of these reasons does not count.
    var pausedBy: [HoldReason] = []
    /// Counts the changes: 0 while nobody has said anything.
    var version: Int64 = 0

    func level(for priority: WorkOrderPriority) -> Level? { levels.first { $0.priority == priority } }

    /// The calendar that counts for work of a level at a site.
    func calendar(of level: Level, at site: SiteID, in zone: TimeZone) -> WorkCalendar {
        guard !level.isAroundTheClock else { return WorkCalendar(hours: nil, zone: zone) }
        let own = sites.first { $0.site == site }
        return WorkCalendar(hours: own.map(\.hours) ?? hours, zone: zone)
    }
}
