import Commands
import EventSchema
import Identifiers

/// Changes an alert rule. An absent field keeps its value.
///
/// What a rule watches does not change: its alerts would be about something else then.
struct ChangeAlertRule: Input {
    var name: Patch<String>
    var threshold: Patch<Double>
    var consecutive: Patch<Int>
    var severity: Patch<AlertSeverity>
    var createsWorkOrder: Patch<Bool>
    var isEnabled: Patch<Bool>

    static let rules: Rules = [
        "name": CreateAlertRule.nameRule,
        "threshold": CreateAlertRule.thresholdRule,
        "consecutive": CreateAlertRule.consecutiveRule,
        "severity": .means("Of the alerts to come"),
        "createsWorkOrder": .means("Whether an alert of this rule creates a work order"),
        "isEnabled": .means("false: the rule no longer watches, and its alerts end"),
    ]

    func apply(to rule: inout AlertRuleState) {
        name.apply(to: &rule.name)
        threshold.apply(to: &rule.threshold)
        consecutive.apply(to: &rule.consecutive)
        severity.apply(to: &rule.severity)
        createsWorkOrder.apply(to: &rule.createsWorkOrder)
        isEnabled.apply(to: &rule.isEnabled)
    }
}

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
        "name": nameRule,
        "type": .line(1...64).means("The kind of problem that this rule detects").example("TEMPERATURE_HIGH"),
        "tag": .line(1...64).example("inverter_temperature"),
        "threshold": thresholdRule,
        "consecutive": consecutiveRule,
        "createsWorkOrder": .means("Whether an alert of this rule creates a work order"),
    ]

    fileprivate static let nameRule = Rule.line(1...200).example("Inverter too hot")
    fileprivate static let thresholdRule = Rule.means("The limit, in the unit of the tag's sensor")
    fileprivate static let consecutiveRule = Rule.whole(1...1000).means(
        "The number of consecutive readings beyond the threshold that raise an alert"
    )

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
