import EventSchema
import Foundation
import Identifiers

/// One move in the history of a work order.
struct HistoryEntry: Codable, Hashable, Sendable {
    var from: WorkOrderStatus?
    var to: WorkOrderStatus
    var transition: String
    var reason: String?
    var by: UserID?
    var at: Date
    var version: Int64
}
