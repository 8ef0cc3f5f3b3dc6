import EventSchema
import Foundation
import Identifiers
import ServiceKit

/// A work order as clients see it.
struct WorkOrderResponse: Answer, Codable, Versioned {
    var id: WorkOrderID
    var number: String
    var title: String
    var description: String?
    var type: WorkOrderType
    var priority: WorkOrderPriority
    var status: WorkOrderStatus
    var allowedTransitions: [String]
    var siteId: SiteID
    var assetId: AssetID
    var assignedTo: UserID?
    var scheduledStart: Date?
    var scheduledEnd: Date?
    var actualStart: Date?
    var actualEnd: Date?
    var origin: WorkOrderOrigin
    var originId: String?
    var tasks: [TaskResponse]
    var createdAt: Date
    var createdBy: UserID?
    var updatedAt: Date
    var version: Int64

    init(_ order: WorkOrder) {
        id = order.id
        number = order.number
        title = order.title
        description = order.description
        type = order.type
        priority = order.priority
        status = order.status
        allowedTransitions = Transition.allowed(from: order.status).map(\.rawValue)
        siteId = order.site
        assetId = order.asset
        assignedTo = order.assignedTo
        scheduledStart = order.scheduledStart
        scheduledEnd = order.scheduledEnd
        actualStart = order.actualStart
        actualEnd = order.actualEnd
        origin = order.origin
        originId = order.originID
        tasks = order.tasks.map(TaskResponse.init)
        createdAt = order.createdAt
        createdBy = order.createdBy
        updatedAt = order.updatedAt
        version = order.version
    }
}

/// A task as clients see it.
struct TaskResponse: Codable, Sendable {
    var id: TaskID
    var title: String
    var position: Int
    var status: TaskStatus
    var completedAt: Date?
    var completedBy: UserID?
    var notes: String?

    init(_ task: WorkTask) {
        id = task.id
        title = task.title
        position = task.position
        status = task.status
        completedAt = task.completedAt
        completedBy = task.completedBy
        notes = task.notes
    }
}

/// `GET /workorders/{id}/history`
struct HistoryResponse: Answer, Codable {
    var items: [HistoryEntry]
}
