// Made by `make events` from Schemas/workorder.service-level.v1.avsc: edit that instead.

public import Foundation
public import Identifiers

/// Emitted once for each clock of a work order's service level when 80 % of its time has passed, and once when all of
/// it has.
public struct WorkOrderServiceLevelReached: Event {
    public static let name = "workorder.service-level.v1"
    public static let topic = Topic.workOrderEvents

    public var workOrder: WorkOrderID
    public var tenant: TenantID
    public var site: SiteID
    public var asset: AssetID
    /// The number that people use, `WO-<year>-<six digits>`.
    public var number: String
    /// The priority whose level counts.
    public var priority: WorkOrderPriority
    public var clock: ServiceClockKind
    public var stage: ServiceStage
    /// The time that the level promises.
    public var limitMinutes: Int64
    /// Who does the work; `nil` while nobody is assigned.
    public var assignedTo: UserID?
    /// When that much time had passed.
    public var at: Date

    public var key: String { workOrder.description }

    public init(
        workOrder: WorkOrderID,
        tenant: TenantID,
        site: SiteID,
        asset: AssetID,
        number: String,
        priority: WorkOrderPriority,
        clock: ServiceClockKind,
        stage: ServiceStage,
        limitMinutes: Int64,
        assignedTo: UserID?,
        at: Date
    ) {
        self.workOrder = workOrder
        self.tenant = tenant
        self.site = site
        self.asset = asset
        self.number = number
        self.priority = priority
        self.clock = clock
        self.stage = stage
        self.limitMinutes = limitMinutes
        self.assignedTo = assignedTo
        self.at = at
    }
}
