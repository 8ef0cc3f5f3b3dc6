import EventSchema
import Foundation
import Identifiers

/// One move in the history of a work order.
struct HistoryEntry: Codable, Hashable, Sendable {
    var from: WorkOrderStatus?
    var to: WorkOrderStatus
    /// `nil` in what was written before there were phases.
    var fromPhase: WorkOrderPhase?
    var toPhase: WorkOrderPhase?
    var transition: String
    var reason: String?
    var holdReason: HoldReason?
    var by: UserID?
    var at: Date
    var version: Int64
}
