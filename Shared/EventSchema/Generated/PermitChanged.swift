// Made by `make events` from Schemas/permit.changed.v1.avsc: edit that instead.

public import Foundation
public import Identifiers

/// Emitted when a permit to work was requested or has another status.
public struct PermitChanged: Event {
    public static let name = "permit.changed.v1"
    public static let topic = Topic.workOrderEvents

    public var permit: PermitID
    public var workOrder: WorkOrderID
    public var tenant: TenantID
    public var site: SiteID
    public var asset: AssetID
    /// The number of the work order.
    public var number: String
    public var kind: PermitType
    /// `nil` when it came into being.
    public var from: PermitStatus?
    public var to: PermitStatus
    public var validUntil: Date
    public var reason: String?
    /// Whether it has put work in progress on hold.
    public var workPaused: Bool
    /// `nil` when its time has run out.
    public var by: UserID?
    public var at: Date

    public var key: String { workOrder.description }

    public init(
        permit: PermitID,
        workOrder: WorkOrderID,
        tenant: TenantID,
        site: SiteID,
        asset: AssetID,
        number: String,
        kind: PermitType,
        from: PermitStatus?,
        to: PermitStatus,
        validUntil: Date,
        reason: String?,
        workPaused: Bool,
        by: UserID?,
        at: Date
    ) {
        self.permit = permit
        self.workOrder = workOrder
        self.tenant = tenant
        self.site = site
        self.asset = asset
        self.number = number
        self.kind = kind
        self.from = from
        self.to = to
        self.validUntil = validUntil
        self.reason = reason
        self.workPaused = workPaused
        self.by = by
        self.at = at
    }
}
