public import Foundation
public import Identifiers

/// How bad an alert is.
public enum AlertSeverity: String, Codable, CaseIterable, Hashable, Sendable {
    case info
    case warning
    case critical
}

/// How a reading is compared with a rule's threshold.
public enum AlertComparison: String, Codable, CaseIterable, Hashable, Sendable {
    case above
    case below
}

/// Where an alert stands.
public enum AlertStatus: String, Codable, CaseIterable, Hashable, Sendable {
    case open
    case acknowledged
    case resolved
}

/// The state of one alert rule: raise an alert when a tag's readings violate the threshold so many times in a row.
/// Deleted with the rule.
public struct AlertRuleState: Event {
    public static let name = "alerts.rule.v1"
    public static let topic = Topic.alertRules
    public var id: AlertRuleID
    public var tenant: TenantID
    public var name: String
    /// A code for people and templates, for example `TEMPERATURE_HIGH`.
    public var type: String
    /// Only assets of this site; `nil` for all.
    public var site: SiteID?
    /// Only this asset; `nil` for all.
    public var asset: AssetID?
    public var tag: String
    public var comparison: AlertComparison
    /// In the unit of the tag.
    public var threshold: Double
    /// How many readings in a row must violate the threshold, at least 1.
    public var consecutive: Int
    public var severity: AlertSeverity
    public var isEnabled: Bool
    /// Whether an alert asks for an emergency work order by itself.
    public var createsWorkOrder: Bool
    /// Counts the rule's changes.
    public var version: Int64

    public var key: String { id.description }

    public init(
        id: AlertRuleID,
        tenant: TenantID,
        name: String,
        type: String,
        site: SiteID?,
        asset: AssetID?,
        tag: String,
        comparison: AlertComparison,
        threshold: Double,
        consecutive: Int,
        severity: AlertSeverity,
        isEnabled: Bool,
        createsWorkOrder: Bool,
        version: Int64
    ) {
        self.id = id
        self.tenant = tenant
        self.name = name
        self.type = type
        self.site = site
        self.asset = asset
        self.tag = tag
        self.comparison = comparison
        self.threshold = threshold
        self.consecutive = consecutive
        self.severity = severity
        self.isEnabled = isEnabled
        self.createsWorkOrder = createsWorkOrder
        self.version = version
    }
}

/// Emitted by the stream processor when a rule's pattern is complete. Its id follows from rule, asset, tag and the first
/// violating reading, so that a replay emits the same event.
public struct AlertDetected: Event {
    public static let name = "alerts.detected.v1"
    public static let topic = Topic.alertsCritical
    public var id: AlertID
    public var tenant: TenantID
    public var rule: AlertRuleID
    public var type: String
    public var severity: AlertSeverity
    public var site: SiteID
    public var siteCode: String
    public var asset: AssetID
    public var assetCode: String
    public var tag: String
    /// The reading that completed the pattern.
    public var value: Double
    public var unit: String
    public var threshold: Double
    public var consecutive: Int
    /// Timestamp of the first violating reading.
    public var firstAt: Date
    /// Timestamp of the completing reading.
    public var at: Date

    public var key: String { asset.description }

    public init(
        id: AlertID,
        tenant: TenantID,
        rule: AlertRuleID,
        type: String,
        severity: AlertSeverity,
        site: SiteID,
        siteCode: String,
        asset: AssetID,
        assetCode: String,
        tag: String,
        value: Double,
        unit: String,
        threshold: Double,
        consecutive: Int,
        firstAt: Date,
        at: Date
    ) {
        self.id = id
        self.tenant = tenant
        self.rule = rule
        self.type = type
        self.severity = severity
        self.site = site
        self.siteCode = siteCode
        self.asset = asset
        self.assetCode = assetCode
        self.tag = tag
        self.value = value
        self.unit = unit
        self.threshold = threshold
        self.consecutive = consecutive
        self.firstAt = firstAt
        self.at = at
    }
}

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

/// Over which channel a person is told.
public enum NotificationChannel: String, Codable, CaseIterable, Hashable, Sendable {
    case email
    case sms
    case push
    case inApp = "in_app"
    case webhook
}

/// What became of a notification.
public enum NotificationOutcome: String, Codable, CaseIterable, Hashable, Sendable {
    case sent
    case failed
}

/// Emitted when a notification was handed over to its channel, or given up.
public struct NotificationDelivered: Event {
    public static let name = "notifications.delivered.v1"
    public static let topic = Topic.notificationEvents
    public var id: NotificationID
    public var tenant: TenantID
    public var alert: AlertID?
    public var user: UserID?
    public var channel: NotificationChannel
    public var outcome: NotificationOutcome
    public var attempts: Int
    public var error: String?
    public var at: Date

    public var key: String { id.description }

    public init(
        id: NotificationID,
        tenant: TenantID,
        alert: AlertID?,
        user: UserID?,
        channel: NotificationChannel,
        outcome: NotificationOutcome,
        attempts: Int,
        error: String?,
        at: Date
    ) {
        self.id = id
        self.tenant = tenant
        self.alert = alert
        self.user = user
        self.channel = channel
        self.outcome = outcome
        self.attempts = attempts
        self.error = error
        self.at = at
    }
}
