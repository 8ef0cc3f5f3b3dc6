// Made by `make events` from Schemas/alerts.rule.v1.avsc: edit that instead.

public import Identifiers

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
