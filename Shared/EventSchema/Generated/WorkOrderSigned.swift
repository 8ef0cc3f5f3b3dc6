// Made by `make events` from Schemas/workorder.signed.v1.avsc: edit that instead.

public import Foundation
public import Identifiers

/// Emitted when somebody signs a work order as it is.
public struct WorkOrderSigned: Event {
    public static let name = "workorder.signed.v1"
    public static let topic = Topic.workOrderEvents

    public var signature: SignatureID
    public var workOrder: WorkOrderID
    public var tenant: TenantID
    public var site: SiteID
    public var asset: AssetID
    /// The number that people use, `WO-<year>-<six digits>`.
    public var number: String
    public var meaning: SignatureMeaning
    /// The SHA-256 of what was signed, in hexadecimal.
    public var sha256: String
    /// The version of the work order that was signed.
    public var version: Int64
    public var by: UserID
    public var at: Date

    public var key: String { workOrder.description }

    public init(
        signature: SignatureID,
        workOrder: WorkOrderID,
        tenant: TenantID,
        site: SiteID,
        asset: AssetID,
        number: String,
        meaning: SignatureMeaning,
        sha256: String,
        version: Int64,
        by: UserID,
        at: Date
    ) {
        self.signature = signature
        self.workOrder = workOrder
        self.tenant = tenant
        self.site = site
        self.asset = asset
        self.number = number
        self.meaning = meaning
        self.sha256 = sha256
        self.version = version
        self.by = by
        self.at = at
    }
}
