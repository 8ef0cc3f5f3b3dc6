import EventSchema
import Foundation
import Identifiers

/// Marks identifiers of an entry of somebody's hours.
enum LaborKindTag {}
/// Identifies an entry of somebody's hours.
typealias LaborID = Identifier<LaborKindTag>

/// What the time was for.
enum LaborKind: String, Codable, CaseIterable, Sendable {
    case work
    /// The way to the work and back: it is never overtime.
    case travel
}

/// The time that a person has spent on a work order, once. Its times are whole seconds.
struct LaborEntry: Codable, Hashable, Sendable {
    var id: LaborID
    var tenant: TenantID
    var workOrder: WorkOrderID
    /// Where the work is: its days begin by the clock of this site.
    var site: SiteID
    var user: UserID
    var kind: LaborKind
    var startedAt: Date
    /// `nil` while the clock runs.
    var endedAt: Date?
    /// Not paid. Where it was is not known, so it counts as the end of the time.
    var breakMinutes: Int
    var note: String?
    var regularSeconds = 0
    var overtimeSeconds = 0
    var weekendSeconds = 0
    var travelSeconds = 0
    /// Whether its cost is in the ledger.
    var isBooked = false
    /// How often it was corrected; what it was before is in the audit log.
    var corrections = 0
    /// Why it was corrected or removed last.
    var correctionReason: String?
    var createdAt: Date
    /// `nil` if the service recorded it by itself.
    var createdBy: UserID?
    var updatedAt: Date
    /// Counts the changes that people make.
    var version: Int64 = 1
    var removedAt: Date?
}

extension LaborEntry {
    /// The longest time of one entry, in seconds.
    static let maximumLength: TimeInterval = 24 * 3600
    static let maximumHours = 24
    static let maximumNote = 2000
    /// Entries of one work order.
    static let maximumEntries = 2000

    var isRunning: Bool { endedAt == nil && removedAt == nil }

    /// The paid time in whole seconds since 1970; `nil` while the clock runs.
    var paid: Range<Int64>? {
        guard let endedAt else { return nil }
        let start = startedAt.second
        return start..<max(start, endedAt.second - Int64(breakMinutes) * 60)
    }

    var hours: LaborHours {
        get {
            LaborHours(
                regular: Int64(regularSeconds),
                overtime: Int64(overtimeSeconds),
                weekend: Int64(weekendSeconds),
                travel: Int64(travelSeconds)
            )
        }
        set {
            regularSeconds = Int(newValue.regular)
            overtimeSeconds = Int(newValue.overtime)
            weekendSeconds = Int(newValue.weekend)
            travelSeconds = Int(newValue.travel)
        }
    }
}

extension Date {
    /// Whole seconds since 1970.
    var second: Int64 { Int64(timeIntervalSince1970.rounded(.down)) }
    /// The moment without the part of a second.
    var atSecond: Date { Date(timeIntervalSince1970: TimeInterval(second)) }
}

/// What is known of the hours of a work order when a move of it is decided.
struct LaborFacts: Hashable, Sendable {
    /// Everybody who has an entry.
    var people: [UserID] = []
}

/// An entry's place in the list of its work order.
struct LaborPosition: Codable, Sendable {
    var startedAt: Date
    var id: LaborID
}
