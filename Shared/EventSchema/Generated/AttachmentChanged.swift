// Made by `make events` from Schemas/workorder.attachment-changed.v1.avsc: edit that instead.

public import Foundation
public import Identifiers

/// Emitted when a file of a work order can be read, was refused or was deleted.
public struct AttachmentChanged: Event {
    public static let name = "workorder.attachment-changed.v1"
    public static let topic = Topic.workOrderEvents

    public var attachment: AttachmentID
    public var workOrder: WorkOrderID
    public var tenant: TenantID
    public var site: SiteID
    public var asset: AssetID
    public var change: AttachmentChange
    /// Its content type.
    public var type: String
    public var bytes: Int64
    /// Of the content, in hexadecimal digits.
    public var sha256: String
    public var by: UserID?
    public var at: Date

    public var key: String { workOrder.description }

    public init(
        attachment: AttachmentID,
        workOrder: WorkOrderID,
        tenant: TenantID,
        site: SiteID,
        asset: AssetID,
        change: AttachmentChange,
        type: String,
        bytes: Int64,
        sha256: String,
        by: UserID?,
        at: Date
    ) {
        self.attachment = attachment
        self.workOrder = workOrder
        self.tenant = tenant
        self.site = site
        self.asset = asset
        self.change = change
        self.type = type
        self.bytes = bytes
        self.sha256 = sha256
        self.by = by
        self.at = at
    }
}
