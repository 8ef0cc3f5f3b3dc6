// Made by `make events` from Schemas/workorder.created.v2.avsc: edit that instead.

public import Foundation
public import Identifiers

/// Emitted when a work order came into being; its state is on `workorders.state`.
public struct WorkOrderCreated: Event {
    public static let name = "workorder.created.v2"
    public static let topic = Topic.workOrderEvents

    public var workOrder: WorkOrderID
    public var tenant: TenantID
    public var site: SiteID
    public var asset: AssetID
    /// The number that people use, `WO-<year>-<six digits>`.
    public var number: String
    public var type: WorkOrderType
    public var origin: WorkOrderOrigin
    /// The alert's or prediction's id, when it did not come from a person.
    public var originID: String?
    /// `nil` when an alert or a prediction asked for it.
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
        number: String,
        type: WorkOrderType,
        origin: WorkOrderOrigin,
        originID: String?,
        by: UserID?,
        at: Date,
        version: Int64
    ) {
        self.workOrder = workOrder
        self.tenant = tenant
        self.site = site
        self.asset = asset
        self.number = number
        self.type = type
        self.origin = origin
        self.originID = originID
        self.by = by
        self.at = at
        self.version = version
    }
}
