// Made by `make events` from Schemas/workorder.requested.v3.avsc: edit that instead.

public import Foundation
public import Identifiers

/// Asks the work orders service for a work order; the request's id makes it one, however often it arrives.
public struct WorkOrderRequested: Event {
    public static let name = "workorder.requested.v3"
    public static let topic = Topic.workOrdersRequested

    public var request: RequestID
    public var tenant: TenantID
    public var site: SiteID
    public var asset: AssetID
    public var title: String
    public var description: String?
    public var type: WorkOrderType
    public var priority: WorkOrderPriority
    public var origin: WorkOrderOrigin
    /// The alert's or the prediction's id.
    public var originID: String
    /// Why it is asked for.
    public var evidence: RequestEvidence?
    public var requestedAt: Date

    public var key: String { request.description }

    public init(
        request: RequestID,
        tenant: TenantID,
        site: SiteID,
        asset: AssetID,
        title: String,
        description: String?,
        type: WorkOrderType,
        priority: WorkOrderPriority,
        origin: WorkOrderOrigin,
        originID: String,
        evidence: RequestEvidence? = nil,
        requestedAt: Date
    ) {
        self.request = request
        self.tenant = tenant
        self.site = site
        self.asset = asset
        self.title = title
        self.description = description
        self.type = type
        self.priority = priority
        self.origin = origin
        self.originID = originID
        self.evidence = evidence
        self.requestedAt = requestedAt
    }
}
