// Made by `make events` from Schemas/workorder.commented.v1.avsc: edit that instead.

public import Foundation
public import Identifiers

/// Emitted when somebody writes a comment on a work order, edits or removes it. The text is not in it.
public struct WorkOrderCommented: Event {
    public static let name = "workorder.commented.v1"
    public static let topic = Topic.workOrderEvents

    public var comment: CommentID
    public var workOrder: WorkOrderID
    public var tenant: TenantID
    public var site: SiteID
    public var asset: AssetID
    /// The number that people use, `WO-<year>-<six digits>`.
    public var number: String
    public var change: CommentChange
    /// Who is mentioned that was not before.
    public var mentions: [UserID]
    public var by: UserID
    public var at: Date

    public var key: String { workOrder.description }

    public init(
        comment: CommentID,
        workOrder: WorkOrderID,
        tenant: TenantID,
        site: SiteID,
        asset: AssetID,
        number: String,
        change: CommentChange,
        mentions: [UserID],
        by: UserID,
        at: Date
    ) {
        self.comment = comment
        self.workOrder = workOrder
        self.tenant = tenant
        self.site = site
        self.asset = asset
        self.number = number
        self.change = change
        self.mentions = mentions
        self.by = by
        self.at = at
    }
}
