// Made by `make events` from Schemas/alerts.detected.v2.avsc: edit that instead.

public import Foundation
public import Identifiers

/// Emitted by the stream processor when a rule's pattern is complete, and again now and then while it goes on:
/// `firstAt` tells whether it is the same pattern. Its id follows from rule, asset, tag and readings, so that a replay
/// emits the same event.
public struct AlertDetected: Event {
    public static let name = "alerts.detected.v2"
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
    /// The tag's last readings up to that one, the earliest first.
    public var readings: [EvidenceReading]

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
        at: Date,
        readings: [EvidenceReading] = []
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
        self.readings = readings
    }
}
