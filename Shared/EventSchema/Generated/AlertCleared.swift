// Made by `make events` from Schemas/alerts.cleared.v1.avsc: edit that instead.

public import Foundation
public import Identifiers

/// Emitted by the stream processor when so many readings in a row are within a rule's limit again as it takes beyond it
/// for an alert: what that rule has raised of the tag is over. Also emitted once when a processor can't know what was
/// raised before.
public struct AlertCleared: Event {
    public static let name = "alerts.cleared.v1"
    public static let topic = Topic.alertsCritical

    public var tenant: TenantID
    public var rule: AlertRuleID
    public var asset: AssetID
    public var tag: String
    /// The last of the readings that are within the limit again.
    public var value: Double
    /// Timestamp of that reading.
    public var at: Date

    public var key: String { asset.description }

    public init(
        tenant: TenantID,
        rule: AlertRuleID,
        asset: AssetID,
        tag: String,
        value: Double,
        at: Date
    ) {
        self.tenant = tenant
        self.rule = rule
        self.asset = asset
        self.tag = tag
        self.value = value
        self.at = at
    }
}
