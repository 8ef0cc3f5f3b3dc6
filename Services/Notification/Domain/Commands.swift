import Commands
import EventSchema
import Identifiers

/// Creates an alert rule.
struct CreateAlertRule: Input {
    var name: String
    var type: String
    var siteId: SiteID?
    var assetId: AssetID?
    var tag: String
    var comparison: AlertComparison
    var threshold: Double
    var consecutive: Int
    var severity: AlertSeverity
    var createsWorkOrder: Bool

    static let rules: Rules = [
        "name": .line(1...200).example("Inverter too hot"),
        "type": .line(1...64).means("The kind of problem that this rule detects").example("TEMPERATURE_HIGH"),
        "tag": .line(1...64).example("inverter_temperature"),
        "threshold": .means("The limit, in the unit of the tag's sensor"),
        "consecutive": .whole(1...1000).means(
            "The number of consecutive readings beyond the threshold that raise an alert"
        ),
        "createsWorkOrder": .means("Whether an alert of this rule creates a work order"),
    ]

    func rule(tenant: TenantID) -> AlertRuleState {
        AlertRuleState(
            id: .new(),
            tenant: tenant,
            name: name,
            type: type,
            site: siteId,
            asset: assetId,
            tag: tag,
            comparison: comparison,
            threshold: threshold,
            consecutive: consecutive,
            severity: severity,
            isEnabled: true,
            createsWorkOrder: createsWorkOrder,
            version: 1
        )
    }
}
