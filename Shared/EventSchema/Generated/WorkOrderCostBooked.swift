// Made by `make events` from Schemas/workorder.cost-booked.v1.avsc: edit that instead.

public import Foundation
public import Identifiers

/// Emitted for each entry of the ledger of what work costs. The sum of a work order's entries is its cost, so
/// corrections are entries too.
public struct WorkOrderCostBooked: Event {
    public static let name = "workorder.cost-booked.v1"
    public static let topic = Topic.workOrderEvents

    public var entry: CostEntryID
    public var workOrder: WorkOrderID
    public var tenant: TenantID
    public var site: SiteID
    public var asset: AssetID
    public var category: CostCategory
    /// In the tenant's currency, for example `67.50`; negative if it takes another entry back.
    public var total: String
    /// The tenant's currency (ISO 4217).
    public var currency: String
    /// The entry that this one takes back.
    public var reverses: CostEntryID?
    /// When the cost arose.
    public var incurredAt: Date
    public var by: UserID?
    /// When it was booked.
    public var at: Date

    public var key: String { workOrder.description }

    public init(
        entry: CostEntryID,
        workOrder: WorkOrderID,
        tenant: TenantID,
        site: SiteID,
        asset: AssetID,
        category: CostCategory,
        total: String,
        currency: String,
        reverses: CostEntryID?,
        incurredAt: Date,
        by: UserID?,
        at: Date
    ) {
        self.entry = entry
        self.workOrder = workOrder
        self.tenant = tenant
        self.site = site
        self.asset = asset
        self.category = category
        self.total = total
        self.currency = currency
        self.reverses = reverses
        self.incurredAt = incurredAt
        self.by = by
        self.at = at
    }
}
