// Made by `make events` from Schemas/incident.changed.v1.avsc: edit that instead.

public import Foundation
public import Identifiers

/// Emitted when an incident or a near miss was reported, or has another status. What happened to whom is not in it.
public struct IncidentChanged: Event {
    public static let name = "incident.changed.v1"
    public static let topic = Topic.workOrderEvents

    public var incident: IncidentID
    public var tenant: TenantID
    public var site: SiteID
    public var asset: AssetID?
    public var workOrder: WorkOrderID?
    /// The number that people use.
    public var number: String
    public var kind: IncidentCategory
    public var severity: IncidentSeverity
    public var from: IncidentStatus?
    public var to: IncidentStatus
    public var occurredAt: Date
    public var by: UserID?
    public var at: Date

    public var key: String { incident.description }

    public init(
        incident: IncidentID,
        tenant: TenantID,
        site: SiteID,
        asset: AssetID?,
        workOrder: WorkOrderID?,
        number: String,
        kind: IncidentCategory,
        severity: IncidentSeverity,
        from: IncidentStatus?,
        to: IncidentStatus,
        occurredAt: Date,
        by: UserID?,
        at: Date
    ) {
        self.incident = incident
        self.tenant = tenant
        self.site = site
        self.asset = asset
        self.workOrder = workOrder
        self.number = number
        self.kind = kind
        self.severity = severity
        self.from = from
        self.to = to
        self.occurredAt = occurredAt
        self.by = by
        self.at = at
    }
}
