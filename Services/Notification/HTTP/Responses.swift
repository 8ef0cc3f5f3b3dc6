import EventSchema
import Identifiers
import ServiceKit

/// A rule as clients see it.
struct RuleResponse: Answer, Codable, Versioned {
    var id: AlertRuleID
    var name: String
    var type: String
    var siteId: SiteID?
    var assetId: AssetID?
    var tag: String
    var comparison: AlertComparison
    var threshold: Double
    var consecutive: Int
    var severity: AlertSeverity
    var isEnabled: Bool
    var createsWorkOrder: Bool
    var version: Int64

    init(_ rule: AlertRuleState) {
        id = rule.id
        name = rule.name
        type = rule.type
        siteId = rule.site
        assetId = rule.asset
        tag = rule.tag
        comparison = rule.comparison
        threshold = rule.threshold
        consecutive = rule.consecutive
        severity = rule.severity
        isEnabled = rule.isEnabled
        createsWorkOrder = rule.createsWorkOrder
        version = rule.version
    }
}

extension Alert: Answer, Versioned {}
extension AlertSummary: Answer {}
