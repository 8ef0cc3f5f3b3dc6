// Made by `make events` from Schemas/workorder.state-changed.v1.avsc: edit that instead.

public import Foundation
public import Identifiers

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
