// Made by `make events` from Schemas/parts.moved.v1.avsc: edit that instead.

public import Foundation
public import Identifiers

/// Emitted for each movement of pieces of a part that a work order needs. The store takes its stock from these;
/// movements are never changed, so corrections are movements too.
public struct PartsMoved: Event {
    public static let name = "parts.moved.v1"
    public static let topic = Topic.workOrderEvents

    public var movement: PartMovementID
    public var part: WorkPartID
    public var workOrder: WorkOrderID
    public var tenant: TenantID
    public var site: SiteID
    public var asset: AssetID
    /// The number by which the store knows the part.
    public var partNumber: String
    /// What is counted, such as `pcs` or `m`.
    public var unit: String
    public var kind: PartMove
    /// How many, as a decimal number; negative if it takes another movement back.
    public var quantity: String
    /// The lot that they are from.
    public var lot: String?
    public var serialNumber: String?
    /// The movement that this one takes back.
    public var reverses: PartMovementID?
    /// When it happened.
    public var movedAt: Date
    public var by: UserID?
    /// When it was recorded.
    public var at: Date

    public var key: String { workOrder.description }

    public init(
        movement: PartMovementID,
        part: WorkPartID,
        workOrder: WorkOrderID,
        tenant: TenantID,
        site: SiteID,
        asset: AssetID,
        partNumber: String,
        unit: String,
        kind: PartMove,
        quantity: String,
        lot: String?,
        serialNumber: String?,
        reverses: PartMovementID?,
        movedAt: Date,
        by: UserID?,
        at: Date
    ) {
        self.movement = movement
        self.part = part
        self.workOrder = workOrder
        self.tenant = tenant
        self.site = site
        self.asset = asset
        self.partNumber = partNumber
        self.unit = unit
        self.kind = kind
        self.quantity = quantity
        self.lot = lot
        self.serialNumber = serialNumber
        self.reverses = reverses
        self.movedAt = movedAt
        self.by = by
        self.at = at
    }
}
