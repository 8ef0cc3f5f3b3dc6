import EventSchema
import Foundation
import Identifiers

// What a message says of records whose whole state is not in the log, or whose answer belongs to one service: the members that the log
// knows, with the names that they have in the answers.

struct AlertChange: Encodable {
    var id: AlertID
    var ruleId: AlertRuleID
    var assetId: AssetID
    var severity: AlertSeverity
    var status: AlertStatus
    var workOrderId: WorkOrderID?
    var at: Date
    var version: Int64

    init(_ alert: AlertChanged) {
        (id, ruleId, assetId) = (alert.id, alert.rule, alert.asset)
        (severity, status, workOrderId) = (alert.severity, alert.status, alert.workOrder)
        (at, version) = (alert.at, alert.version)
    }
}

struct NotificationOutcomeChange: Encodable {
    var id: NotificationID
    var alertId: AlertID?
    var userId: UserID?
    var channel: NotificationChannel
    var outcome: NotificationOutcome
    var attempts: Int
    var error: String?
    var at: Date

    init(_ sent: NotificationDelivered) {
        (id, alertId, userId) = (sent.id, sent.alert, sent.user)
        (channel, outcome, attempts) = (sent.channel, sent.outcome, sent.attempts)
        (error, at) = (sent.error, sent.at)
    }
}

struct SensorChange: Encodable {
    var id: SensorID
    var assetId: AssetID
    var tag: String
    var unit: String
    var minimum: Double?
    var maximum: Double?
    var version: Int64

    init(_ sensor: SensorState) {
        (id, assetId, tag, unit) = (sensor.id, sensor.asset, sensor.tag, sensor.unit)
        (minimum, maximum, version) = (sensor.minimum, sensor.maximum, sensor.version)
    }
}

struct AlertRuleChange: Encodable {
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
        (id, name, type, siteId, assetId) = (rule.id, rule.name, rule.type, rule.site, rule.asset)
        (tag, comparison, threshold, consecutive) = (rule.tag, rule.comparison, rule.threshold, rule.consecutive)
        (severity, isEnabled, createsWorkOrder) = (rule.severity, rule.isEnabled, rule.createsWorkOrder)
        version = rule.version
    }
}

struct PredictionChange: Encodable {
    var id: PredictionID
    var assetId: AssetID
    var model: String
    var failureProbability: Double
    var confidence: Double
    var workOrderRequested: Bool
    var at: Date

    init(_ prediction: PredictionMade) {
        (id, assetId, model) = (prediction.id, prediction.asset, prediction.model)
        (failureProbability, confidence) = (prediction.failureProbability, prediction.confidence)
        (workOrderRequested, at) = (prediction.workOrderRequested, prediction.at)
    }
}
