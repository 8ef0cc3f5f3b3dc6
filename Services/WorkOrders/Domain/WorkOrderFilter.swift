import Commands
import EventSchema
import Foundation
import Identifiers

/// The filters of a list of work orders.
struct WorkOrderFilter: Input {
    var status: WorkOrderStatus?
    var type: WorkOrderType?
    var priority: WorkOrderPriority?
    var siteId: SiteID?
    var assetId: AssetID?
    var assignedTo: UserID?
}

/// A work order's place in a list, newest first.
struct WorkOrderPosition: Codable, Hashable, Sendable {
    var createdAt: Date
    var id: WorkOrderID
}
