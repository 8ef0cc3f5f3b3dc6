import EventSchema
import Foundation
import Hummingbird
import Identifiers
import ServiceKit

/// `POST /workorders`
struct CreateWorkOrderBody: Decodable, Sendable {
    struct Task: Decodable, Sendable {
        var title: String
    }

    var assetId: AssetID
    var title: String
    var description: String?
    var type: WorkOrderType
    var priority: WorkOrderPriority
    var assignedTo: UserID?
    var scheduledStart: Date?
    var scheduledEnd: Date?
    var tasks: [Task]?

    func validated() throws -> NewWorkOrder {
        var validation = Validation()
        validation.text(title, "title", 1...200)
        validation.text(description, "description", 0...10_000, lines: .many)
        validation.require(
            (tasks?.count ?? 0) <= WorkOrder.maximumTasks,
            "tasks",
            "must be \(WorkOrder.maximumTasks) at the most"
        )
        for (index, task) in (tasks ?? []).enumerated() {
            validation.text(task.title, "tasks[\(index)].title", 1...200)
        }
        try validation.check()
        return NewWorkOrder(
            asset: assetId,
            title: title,
            description: description,
            type: type,
            priority: priority,
            assignedTo: assignedTo,
            scheduledStart: scheduledStart,
            scheduledEnd: scheduledEnd,
            tasks: (tasks ?? []).map(\.title)
        )
    }
}

/// `PATCH /workorders/{id}`: a field that is missing stays, a field that is null is cleared.
struct UpdateWorkOrderBody: Decodable, Sendable {
    let change: WorkOrderChange

    private enum CodingKeys: CodingKey {
        case title, description, type, priority, assignedTo, scheduledStart, scheduledEnd, version
    }

    init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: CodingKeys.self)
        func optional<Value: Decodable>(_ key: CodingKeys, _: Value.Type) throws -> Value?? {
            fields.contains(key) ? .some(try fields.decodeIfPresent(Value.self, forKey: key)) : .none
        }
        change = WorkOrderChange(
            title: try fields.decodeIfPresent(String.self, forKey: .title),
            description: try optional(.description, String.self),
            type: try fields.decodeIfPresent(WorkOrderType.self, forKey: .type),
            priority: try fields.decodeIfPresent(WorkOrderPriority.self, forKey: .priority),
            assignedTo: try optional(.assignedTo, UserID.self),
            scheduledStart: try optional(.scheduledStart, Date.self),
            scheduledEnd: try optional(.scheduledEnd, Date.self),
            expectedVersion: try fields.decodeIfPresent(Int64.self, forKey: .version)
        )
    }

    func validated(ifMatch: Int64?) throws -> WorkOrderChange {
        var validation = Validation()
        validation.text(change.title, "title", 1...200)
        validation.text(change.description ?? nil, "description", 0...10_000, lines: .many)
        try validation.check()
        var change = change
        change.expectedVersion = ifMatch ?? change.expectedVersion
        return change
    }
}

/// `POST /workorders/{id}/transitions/{transition}`: everything in it is optional.
struct TransitionBody: Decodable, Sendable {
    var reason: String?
    var scheduledStart: Date?
    var scheduledEnd: Date?
    var version: Int64?
}

/// `POST /workorders/{id}/tasks`
struct AddTaskBody: Decodable, Sendable {
    var title: String
}

/// `PATCH /workorders/{id}/tasks/{task}`
struct FinishTaskBody: Decodable, Sendable {
    var status: TaskStatus
    var notes: String?
}

/// A work order as clients see it.
struct WorkOrderResponse: ResponseEncodable, Sendable {
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
    var tasks: [TaskSnapshot]
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
        tasks = order.tasks
        createdAt = order.createdAt
        createdBy = order.createdBy
        updatedAt = order.updatedAt
        version = order.version
    }
}

/// `GET /workorders/{id}/history`
struct HistoryResponse: ResponseEncodable, Sendable {
    var items: [HistoryEntry]
}
