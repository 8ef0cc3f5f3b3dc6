import EventSchema
import Foundation
import HTTPTypes
import Hummingbird
import Identifiers
import Messaging
import Postgres
import ServiceKit

/// `/api/v1/alert-rules`, `/api/v1/alerts` and `/api/v1/notifications`.
struct AlertRoutes: Sendable {
    let store: AlertStore
    var now: @Sendable () -> Date = { Date() }

    func add(to router: RouterGroup<DaemonContext>) {
        let api = router.group("/api/v1")
        api.post("alert-rules", use: createRule)
        api.get("alert-rules", use: listRules)
        api.get("alerts", use: listAlerts)
        api.post("alerts/:id/acknowledge", use: acknowledge)
        api.get("notifications", use: listDeliveries)
    }

    @Sendable func createRule(_ request: Request, _ context: DaemonContext) async throws -> Response {
        let principal = try context.principal
        try principal.require(.alertRuleCreate)
        let body = try await request.decode(as: CreateRuleBody.self, context: context)
        let rule = try body.rule(tenant: principal.tenant)
        let now = now()
        try await store.create(
            rule,
            in: try context.scope(of: "notification", at: now),
            audit: AuditRecorded(
                "ALERT_RULE_CREATED",
                "alert_rule",
                rule.id.description,
                by: principal,
                in: context,
                service: "notification",
                at: now
            )
        )
        var response = try RuleResponse(rule).response(from: request, context: context)
        response.status = .created
        return response
    }

    @Sendable func listRules(_ request: Request, _ context: DaemonContext) async throws -> Page<RuleResponse> {
        let principal = try context.principal
        try principal.require(.alertRuleRead)
        let page = try PageRequest(request)
        let rules = try await store.rules(
            tenant: principal.tenant,
            after: try page.position(as: AlertRuleID.self),
            limit: page.limit + 1
        )
        return try Page(rules.map(RuleResponse.init), limit: page.limit) { $0.id }
    }

    @Sendable func listAlerts(_ request: Request, _ context: DaemonContext) async throws -> Page<AlertResponse> {
        let principal = try context.principal
        try principal.require(.alertRead)
        let page = try PageRequest(request)
        let alerts = try await store.alerts(
            tenant: principal.tenant,
            status: try QueryReader(request).value("status"),
            after: try page.position(as: AlertPosition.self),
            limit: page.limit + 1
        )
        return try Page(alerts, limit: page.limit) { AlertPosition(lastAt: $0.lastAt, id: $0.id) }
    }

    /// Who was told of what, and what became of it; newest first.
    @Sendable func listDeliveries(_ request: Request, _ context: DaemonContext) async throws -> Page<DeliveryResponse> {
        let principal = try context.principal
        try principal.require(.notificationRead)
        let page = try PageRequest(request)
        let deliveries = try await store.deliveries(
            tenant: principal.tenant,
            alert: try QueryReader(request).id("alertId"),
            before: try page.position(as: NotificationID.self),
            limit: page.limit + 1
        )
        return try Page(deliveries, limit: page.limit) { $0.id }
    }

    @Sendable func acknowledge(_ request: Request, _ context: DaemonContext) async throws -> AlertResponse {
        let principal = try context.principal
        try principal.require(.alertAcknowledge)
        let id: AlertID = try context.id("id", "alert")
        let now = now()
        let alert = try await store.acknowledge(
            id,
            by: principal.user,
            in: try context.scope(of: "notification", at: now),
            audit: AuditRecorded(
                "ALERT_ACKNOWLEDGED",
                "alert",
                id.description,
                by: principal,
                in: context,
                service: "notification",
                at: now
            )
        )
        guard let alert else { throw Problem.notFound("alert") }
        return alert
    }
}

/// `POST /alert-rules`
struct CreateRuleBody: Decodable, Sendable {
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

    func rule(tenant: TenantID) throws -> AlertRuleState {
        var validation = Validation()
        validation.text(name, "name", 1...200)
        validation.text(type, "type", 1...64)
        validation.text(tag, "tag", 1...64)
        validation.require((1...1000).contains(consecutive), "consecutive", "must be from 1 to 1000")
        try validation.check()
        return AlertRuleState(
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

/// A rule as clients see it.
struct RuleResponse: ResponseEncodable, Sendable {
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

/// An alert's place in the list, newest first.
struct AlertPosition: Codable, Sendable {
    var lastAt: Date
    var id: AlertID
}

/// An alert as clients see it.
struct AlertResponse: ResponseEncodable, Sendable {
    static let columns: SQL = """
        id, rule_id, type, severity, site_id, asset_id, tag, value, unit, threshold, status, occurrences, first_at,
        last_at, work_order_id, work_order_number, version
        """

    var id: AlertID
    var ruleId: AlertRuleID
    var type: String
    var severity: AlertSeverity
    var siteId: SiteID
    var assetId: AssetID
    var tag: String
    var value: Double
    var unit: String
    var threshold: Double
    var status: AlertStatus
    var occurrences: Int
    var firstAt: Date
    var lastAt: Date
    var workOrderId: WorkOrderID?
    var workOrderNumber: String?
    var version: Int64

    init(_ row: Row) throws {
        id = try row["id"]
        ruleId = try row["rule_id"]
        type = try row["type"]
        severity = try row["severity"]
        siteId = try row["site_id"]
        assetId = try row["asset_id"]
        tag = try row["tag"]
        value = try row["value"]
        unit = try row["unit"]
        threshold = try row["threshold"]
        status = try row["status"]
        occurrences = try row["occurrences"]
        firstAt = try row["first_at"]
        lastAt = try row["last_at"]
        workOrderId = try row["work_order_id"]
        workOrderNumber = try row["work_order_number"]
        version = try row["version"]
    }
}
