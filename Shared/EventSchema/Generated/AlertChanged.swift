// Made by `make events` from Schemas/alerts.changed.v1.avsc: edit that instead.

public import Foundation
public import Identifiers

/// Emitted whenever an alert came into being or changed.
public struct AlertChanged: Event {
    public static let name = "alerts.changed.v1"
    public static let topic = Topic.alertEvents

    public var id: AlertID
    public var tenant: TenantID
    public var rule: AlertRuleID
    public var asset: AssetID
    public var severity: AlertSeverity
    public var status: AlertStatus
    public var workOrder: WorkOrderID?
    public var at: Date
    public var version: Int64

    public var key: String { id.description }

    public init(
        id: AlertID,
        tenant: TenantID,
        rule: AlertRuleID,
        asset: AssetID,
        severity: AlertSeverity,
        status: AlertStatus,
        workOrder: WorkOrderID?,
        at: Date,
        version: Int64
    ) {
        self.id = id
        self.tenant = tenant
        self.rule = rule
        self.asset = asset
        self.severity = severity
        self.status = status
        self.workOrder = workOrder
        self.at = at
        self.version = version
    }
}
