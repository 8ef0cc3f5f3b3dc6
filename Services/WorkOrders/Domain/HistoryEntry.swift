import EventSchema
import Foundation
import Identifiers

/// One move of a work order in its history.
struct HistoryEntry: Codable, Hashable, Sendable {
    var from: WorkOrderStatus?
    var to: WorkOrderStatus
    var transition: String
    var reason: String?
    var by: UserID?
    var at: Date
    var version: Int64
}
