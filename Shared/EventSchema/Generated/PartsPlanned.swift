// Made by `make events` from Schemas/parts.planned.v1.avsc: edit that instead.

public import Foundation
public import Identifiers

/// Emitted when a work order comes to need a part, needs another number of pieces, or none any more.
public struct PartsPlanned: Event {
    public static let name = "parts.planned.v1"
    public static let topic = Topic.workOrderEvents

    public var part: WorkPartID
    public var workOrder: WorkOrderID
    public var tenant: TenantID
    public var site: SiteID
    public var asset: AssetID
    /// The number by which the store knows the part.
    public var partNumber: String
    /// What is counted, such as `pcs` or `m`.
    public var unit: String
    /// How many are planned now, as a decimal number, for example `2` or `0.5`; `0` when it is needed no more.
    public var planned: String
    /// The planned start of the work.
    public var neededAt: Date?
    public var by: UserID?
    public var at: Date

    public var key: String { workOrder.description }

    public init(
        part: WorkPartID,
        workOrder: WorkOrderID,
        tenant: TenantID,
        site: SiteID,
        asset: AssetID,
        partNumber: String,
        unit: String,
        planned: String,
        neededAt: Date?,
        by: UserID?,
        at: Date
    ) {
        self.part = part
        self.workOrder = workOrder
        self.tenant = tenant
        self.site = site
        self.asset = asset
        self.partNumber = partNumber
        self.unit = unit
        self.planned = planned
        self.neededAt = neededAt
        self.by = by
        self.at = at
    }
}
