// Made by `make events` from Schemas/workorder.updated.v1.avsc: edit that instead.

public import Identifiers

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
