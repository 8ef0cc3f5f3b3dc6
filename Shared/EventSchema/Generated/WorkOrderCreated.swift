// Made by `make events` from Schemas/workorder.created.v1.avsc: edit that instead.

import Identifiers

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
