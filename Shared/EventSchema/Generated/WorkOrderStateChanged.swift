// Made by `make events` from Schemas/workorder.state-changed.v3.avsc: edit that instead.

public import Foundation
public import Identifiers

/// Emitted when a work order moved from one state to another.
public struct WorkOrderStateChanged: Event {
    public static let name = "workorder.state-changed.v3"
    public static let topic = Topic.workOrderEvents

    public var workOrder: WorkOrderID
    public var tenant: TenantID
    public var site: SiteID
    public var asset: AssetID
    public var from: WorkOrderStatus
    public var to: WorkOrderStatus
    /// The phase before; `nil` in what was written before there were phases.
    public var fromPhase: WorkOrderPhase?
    public var toPhase: WorkOrderPhase?
    /// The transition's name, for example `start`.
    public var transition: String
    public var reason: String?
    /// Only of `pause`, and only if somebody said it.
    public var holdReason: HoldReason?
    public var by: UserID?
    public var at: Date
    /// The work order's version after the change: the state that it led to has it.
    public var version: Int64

    public var key: String { workOrder.description }

    public init(
        workOrder: WorkOrderID,
        tenant: TenantID,
        site: SiteID,
        asset: AssetID,
        from: WorkOrderStatus,
        to: WorkOrderStatus,
        fromPhase: WorkOrderPhase?,
        toPhase: WorkOrderPhase?,
        transition: String,
        reason: String?,
        holdReason: HoldReason?,
        by: UserID?,
        at: Date,
        version: Int64
    ) {
        self.workOrder = workOrder
        self.tenant = tenant
        self.site = site
        self.asset = asset
        self.from = from
        self.to = to
        self.fromPhase = fromPhase
        self.toPhase = toPhase
        self.transition = transition
        self.reason = reason
        self.holdReason = holdReason
        self.by = by
        self.at = at
        self.version = version
    }
}
