// Made by `make events` from Schemas/workorder.completed.v2.avsc: edit that instead.

public import Foundation
public import Identifiers

/// Emitted when the work of a work order was done, whether or not somebody still verifies it. Work that is reopened is
/// completed once more.
public struct WorkOrderCompleted: Event {
    public static let name = "workorder.completed.v2"
    public static let topic = Topic.workOrderEvents

    public var workOrder: WorkOrderID
    public var tenant: TenantID
    public var site: SiteID
    public var asset: AssetID
    /// The number that people use, `WO-<year>-<six digits>`.
    public var number: String
    public var type: WorkOrderType
    public var origin: WorkOrderOrigin
    /// The alert's or prediction's id, when it did not come from a person; of a follow-up, the ids of the work order
    /// and the task, `<work order>/<task>`.
    public var originID: String?
    /// Whether what the alert or the prediction said was so.
    public var verdict: OriginVerdict?
    /// Why the asset failed, as a code of the tenant's.
    public var cause: String?
    /// Who has done the work.
    public var workedBy: [UserID]
    /// When work began for the first time.
    public var startedAt: Date
    /// When it was done.
    public var at: Date
    public var by: UserID?
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
        verdict: OriginVerdict? = nil,
        cause: String? = nil,
        workedBy: [UserID],
        startedAt: Date,
        at: Date,
        by: UserID?,
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
        self.verdict = verdict
        self.cause = cause
        self.workedBy = workedBy
        self.startedAt = startedAt
        self.at = at
        self.by = by
        self.version = version
    }
}
