public import Foundation
public import Identifiers

/// Where a work order stands. Seven states, see the transition table in the work orders service.
public enum WorkOrderStatus: String, Codable, CaseIterable, Hashable, Sendable {
    case draft
    case open
    case scheduled
    case inProgress = "in_progress"
    case onHold = "on_hold"
    case completed
    case cancelled
}

/// Why the work is done.
public enum WorkOrderType: String, Codable, CaseIterable, Hashable, Sendable {
    case corrective
    case preventive
    case predictive
    case inspection
    case emergency
}

/// How urgent the work is.
public enum WorkOrderPriority: String, Codable, CaseIterable, Hashable, Sendable {
    case low
    case medium
    case high
    case critical
}

/// What asked for a work order that no person created.
public enum WorkOrderOrigin: String, Codable, CaseIterable, Hashable, Sendable {
    case person
    case alert
    case prediction
}

/// Where a task of a work order stands.
public enum TaskStatus: String, Codable, CaseIterable, Hashable, Sendable {
    case pending
    case completed
    case skipped
}

/// A task of a work order, as events and the mobile sync carry it.
public struct TaskSnapshot: Codable, Hashable, Sendable {
    public var id: TaskID
    public var title: String
    /// 1 for the first task to do.
    public var position: Int
    public var status: TaskStatus
    public var completedAt: Date?
    public var completedBy: UserID?
    public var notes: String?

    public init(
        id: TaskID,
        title: String,
        position: Int,
        status: TaskStatus,
        completedAt: Date?,
        completedBy: UserID?,
        notes: String?
    ) {
        self.id = id
        self.title = title
        self.position = position
        self.status = status
        self.completedAt = completedAt
        self.completedBy = completedBy
        self.notes = notes
    }
}

/// A work order as it stood after the event that carries it: what a replica needs to be complete.
public struct WorkOrderSnapshot: Codable, Hashable, Sendable {
    public var id: WorkOrderID
    public var tenant: TenantID
    /// The number that people use, `WO-<year>-<six digits>`, counted per tenant and year.
    public var number: String
    public var title: String
    public var description: String?
    public var type: WorkOrderType
    public var priority: WorkOrderPriority
    public var status: WorkOrderStatus
    public var site: SiteID
    public var asset: AssetID
    public var assignedTo: UserID?
    public var scheduledStart: Date?
    public var scheduledEnd: Date?
    /// When work began for the first time.
    public var actualStart: Date?
    /// When the work order was completed.
    public var actualEnd: Date?
    public var origin: WorkOrderOrigin
    /// The alert's or prediction's id, when it did not come from a person.
    public var originID: String?
    public var tasks: [TaskSnapshot]
    public var createdAt: Date
    /// `nil` when an alert or a prediction asked for it.
    public var createdBy: UserID?
    public var updatedAt: Date
    /// Counts the work order's changes; the version that `If-Match` and the mobile sync compare.
    public var version: Int64

    public init(
        id: WorkOrderID,
        tenant: TenantID,
        number: String,
        title: String,
        description: String?,
        type: WorkOrderType,
        priority: WorkOrderPriority,
        status: WorkOrderStatus,
        site: SiteID,
        asset: AssetID,
        assignedTo: UserID?,
        scheduledStart: Date?,
        scheduledEnd: Date?,
        actualStart: Date?,
        actualEnd: Date?,
        origin: WorkOrderOrigin,
        originID: String?,
        tasks: [TaskSnapshot],
        createdAt: Date,
        createdBy: UserID?,
        updatedAt: Date,
        version: Int64
    ) {
        self.id = id
        self.tenant = tenant
        self.number = number
        self.title = title
        self.description = description
        self.type = type
        self.priority = priority
        self.status = status
        self.site = site
        self.asset = asset
        self.assignedTo = assignedTo
        self.scheduledStart = scheduledStart
        self.scheduledEnd = scheduledEnd
        self.actualStart = actualStart
        self.actualEnd = actualEnd
        self.origin = origin
        self.originID = originID
        self.tasks = tasks
        self.createdAt = createdAt
        self.createdBy = createdBy
        self.updatedAt = updatedAt
        self.version = version
    }
}

/// Emitted once, when a work order comes into being.
public struct WorkOrderCreated: Event {
    public static let name = "workorder.created.v1"
    public static let topic = Topic.workOrderEvents
    public var workOrder: WorkOrderSnapshot

    public var key: String { workOrder.id.description }

    public init(
        workOrder: WorkOrderSnapshot
    ) {
        self.workOrder = workOrder
    }
}

/// Emitted when fields of a work order changed but not its state: title, priority, assignee, schedule, tasks.
public struct WorkOrderUpdated: Event {
    public static let name = "workorder.updated.v1"
    public static let topic = Topic.workOrderEvents
    public var workOrder: WorkOrderSnapshot
    /// Names of the fields that changed.
    public var changedFields: [String]
    public var by: UserID?

    public var key: String { workOrder.id.description }

    public init(
        workOrder: WorkOrderSnapshot,
        changedFields: [String],
        by: UserID?
    ) {
        self.workOrder = workOrder
        self.changedFields = changedFields
        self.by = by
    }
}

/// Emitted when a work order moved from one state to another.
public struct WorkOrderStateChanged: Event {
    public static let name = "workorder.state-changed.v1"
    public static let topic = Topic.workOrderEvents
    public var workOrder: WorkOrderSnapshot
    public var from: WorkOrderStatus
    public var to: WorkOrderStatus
    /// The transition's name, for example `start`.
    public var transition: String
    public var reason: String?
    public var by: UserID?
    public var at: Date

    public var key: String { workOrder.id.description }

    public init(
        workOrder: WorkOrderSnapshot,
        from: WorkOrderStatus,
        to: WorkOrderStatus,
        transition: String,
        reason: String?,
        by: UserID?,
        at: Date
    ) {
        self.workOrder = workOrder
        self.from = from
        self.to = to
        self.transition = transition
        self.reason = reason
        self.by = by
        self.at = at
    }
}

/// Asks the work orders service for a work order; the request's id makes it one, however often it arrives.
public struct WorkOrderRequested: Event {
    public static let name = "workorder.requested.v1"
    public static let topic = Topic.workOrdersRequested
    public var request: RequestID
    public var tenant: TenantID
    public var site: SiteID
    public var asset: AssetID
    public var title: String
    public var description: String?
    public var type: WorkOrderType
    public var priority: WorkOrderPriority
    public var origin: WorkOrderOrigin
    /// The alert's or the prediction's id.
    public var originID: String
    public var requestedAt: Date

    public var key: String { request.description }

    public init(
        request: RequestID,
        tenant: TenantID,
        site: SiteID,
        asset: AssetID,
        title: String,
        description: String?,
        type: WorkOrderType,
        priority: WorkOrderPriority,
        origin: WorkOrderOrigin,
        originID: String,
        requestedAt: Date
    ) {
        self.request = request
        self.tenant = tenant
        self.site = site
        self.asset = asset
        self.title = title
        self.description = description
        self.type = type
        self.priority = priority
        self.origin = origin
        self.originID = originID
        self.requestedAt = requestedAt
    }
}
