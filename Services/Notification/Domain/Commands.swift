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
        "type": .line(1...64).means("What kind of trouble it finds").example("TEMPERATURE_HIGH"),
        "tag": .line(1...64).example("inverter_temperature"),
        "threshold": .means("In the unit of the tag's sensor"),
        "consecutive": .whole(1...1000).means("How many readings in a row must be beyond the threshold"),
        "createsWorkOrder": .means("Whether an alert opens a work order"),
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
