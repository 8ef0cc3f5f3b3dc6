// Made by `make events` from Schemas/workorder.assigned.v2.avsc: edit that instead.

public import Foundation
public import Identifiers

/// Emitted for each person that a work order was given to, alone or with their crew: with its creation, by a change or
/// by a move, or by joining its crew.
public struct WorkOrderAssigned: Event {
    public static let name = "workorder.assigned.v2"
    public static let topic = Topic.workOrderEvents

    public var workOrder: WorkOrderID
    public var tenant: TenantID
    public var site: SiteID
    public var asset: AssetID
    /// The number that people use, `WO-<year>-<six digits>`.
    public var number: String
    /// Who does the work.
    public var assignedTo: UserID
    /// Who was assigned before; `nil` when nobody was.
    public var before: UserID?
    /// The crew with which they do it; `nil` when it was given to them themselves.
    public var crew: CrewID?
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
        assignedTo: UserID,
        before: UserID?,
        crew: CrewID? = nil,
        by: UserID?,
        at: Date,
        version: Int64
    ) {
        self.workOrder = workOrder
        self.tenant = tenant
        self.site = site
        self.asset = asset
        self.number = number
        self.assignedTo = assignedTo
        self.before = before
        self.crew = crew
        self.by = by
        self.at = at
        self.version = version
    }
}
