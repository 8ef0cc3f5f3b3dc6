import Commands
import EventSchema
import Foundation
import Identifiers

/// The filter of a list of alert rules.
struct RuleFilter: Input {
    var assetId: AssetID?
    var tag: String?

    static let rules: Rules = [
        "assetId": .means("Only rules that watch this asset: its own, those of its site, and those for all assets"),
        "tag": .line(1...64).example("inverter_temperature"),
    ]
}

/// The filter of a list of alerts.
struct AlertFilter: Input {
    var status: [AlertStatus]?
    var severity: [AlertSeverity]?
    var siteId: [SiteID]?
    var assetId: AssetID?
    var ruleId: AlertRuleID?
    var from: Date?
    var to: Date?

    static let rules: Rules = [
        "status": .items(1...3).means("One of these; repeat the parameter for several"),
        "severity": .items(1...3).means("One of these; repeat the parameter for several"),
        "siteId": .items(1...100).means("One of these; repeat the parameter for several"),
        "from": .means("Only alerts that ended at this moment or later, or have not ended"),
        "to": .means("Only alerts that began before this moment"),
    ]

    func check(_ errors: inout FieldErrors) {
        if let from, let to { errors.require(from < to, "to", .after("from")) }
    }
}

/// Which alerts are counted.
struct AlertSummaryFilter: Input {
    var siteId: [SiteID]?

    static let rules: Rules = ["siteId": .items(1...100).means("One of these; repeat the parameter for several")]
}

/// The filter of a list of notifications.
struct DeliveryFilter: Input {
    var alertId: AlertID?
    var userId: UserID?
    var status: DeliveryStatus?

    static let rules: Rules = ["userId": .means("Only messages to this person")]
}

/// What has become of a message.
enum DeliveryStatus: String, Codable, CaseIterable, Hashable, Sendable {
    case pending, sent, failed
}
