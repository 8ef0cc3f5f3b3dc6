// Made by `make events` from Schemas/workorder.updated.v1.avsc: edit that instead.

public import Foundation
public import Identifiers

/// Emitted when fields of a work order changed but not where it stands: title, priority, assignee, schedule, tasks.
public struct WorkOrderUpdated: Event {
    public static let name = "workorder.updated.v1"
    public static let topic = Topic.workOrderEvents

    public var workOrder: WorkOrderID
    public var tenant: TenantID
    public var site: SiteID
    public var asset: AssetID
    /// Names of the fields that changed; what they are now is in the state.
    public var changedFields: [String]
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
        changedFields: [String],
        by: UserID?,
        at: Date,
        version: Int64
    ) {
        self.workOrder = workOrder
        self.tenant = tenant
        self.site = site
        self.asset = asset
        self.changedFields = changedFields
        self.by = by
        self.at = at
        self.version = version
    }
}
