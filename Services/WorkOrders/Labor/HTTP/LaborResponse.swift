import Foundation
import Identifiers
import ServiceKit

/// A person's time as clients see it.
struct LaborResponse: Answer, Codable, Versioned {
    var id: LaborID
    var workOrderId: WorkOrderID
    var userId: UserID
    var kind: LaborKind
    var startedAt: Date
    /// Absent while the clock runs.
    var endedAt: Date?
    var breakMinutes: Int
    var note: String?
    var regularSeconds: Int
    /// What goes beyond 8 hours of the site's day.
    var overtimeSeconds: Int
    var weekendSeconds: Int
    var travelSeconds: Int
    /// Whether its cost is in the ledger: not while the clock runs, and not for want of a rate.
    var isBooked: Bool
    /// How often it was corrected.
    var corrections: Int
    var correctionReason: String?
    var createdAt: Date
    var createdBy: UserID?
    var updatedAt: Date
    var version: Int64

    init(_ entry: LaborEntry) {
        id = entry.id
        workOrderId = entry.workOrder
        userId = entry.user
        kind = entry.kind
        startedAt = entry.startedAt
        endedAt = entry.endedAt
        breakMinutes = entry.breakMinutes
        note = entry.note
        regularSeconds = entry.regularSeconds
        overtimeSeconds = entry.overtimeSeconds
        weekendSeconds = entry.weekendSeconds
        travelSeconds = entry.travelSeconds
        isBooked = entry.isBooked
        corrections = entry.corrections
        correctionReason = entry.correctionReason
        createdAt = entry.createdAt
        createdBy = entry.createdBy
        updatedAt = entry.updatedAt
        version = entry.version
    }
}
