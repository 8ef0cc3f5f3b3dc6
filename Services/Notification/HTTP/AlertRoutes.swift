import Access
import Commands
import EventSchema
import Foundation
import HTTPTypes
import Identifiers
import Messaging
import Postgres
import ServiceKit

/// `/api/v1/alert-rules`, `/api/v1/alerts` and `/api/v1/notifications`.
struct AlertRoutes: Sendable {
    let store: AlertStore
    let replicas: EventConsumer?
    var now: @Sendable () -> Date = { Date() }

    func all() throws -> [Route] {
        try [
            Route(.post, "/alert-rules", "Create an alert rule", .requires(.alertRuleCreate), use: createRule),
            Route(.get, "/alert-rules", "List alert rules", .requires(.alertRuleRead), use: listRules),
            Route(.get, "/alerts", "List alerts", .requires(.alertRead), use: listAlerts),
            Route(
                .post,
                "/alerts/{id}/acknowledge",
                "Acknowledge an alert",
                .requires(.alertAcknowledge),
                use: acknowledge
            ),
            Route(
                .post,
                "/alerts/{id}/resolve",
                "Close an alert",
                .requires(.alertAcknowledge),
                use: resolve
            ),
            Route(.get, "/notifications", "List notifications", .requires(.notificationRead), use: listDeliveries),
        ]
    }

    @Sendable func createRule(_ call: Call<CreateAlertRule>) async throws -> Created<RuleResponse> {
        let principal = try call.principal
        let rule = call.input.rule(tenant: principal.tenant)
        let now = now()
        try await create(
            rule,
            in: try call.context.scope(of: "notification", at: now),
            AuditRecorded(
                "ALERT_RULE_CREATED",
                "alert_rule",
                rule.id.description,
                by: principal,
                in: call.context,
                service: "notification",
                at: now
            )
        )
        return Created(RuleResponse(rule))
    }

    @Sendable func listRules(_ call: Call<Paged<NoInput>>) async throws -> Page<RuleResponse> {
        let principal = try call.principal
        let page = call.input
        let rules = try await store.rules(
            tenant: principal.tenant,
            after: try page.position(as: AlertRuleID.self),
            limit: page.limit + 1
        )
        return try Page(rules.map(RuleResponse.init), limit: page.limit) { $0.id }
    }

    @Sendable func listAlerts(_ call: Call<Paged<AlertFilter>>) async throws -> Page<AlertResponse> {
        let principal = try call.principal
        let page = call.input
        let alerts = try await store.alerts(
            tenant: principal.tenant,
            status: page.filter.status,
            after: try page.position(as: AlertPosition.self),
            limit: page.limit + 1
        )
        return try Page(alerts, limit: page.limit) { AlertPosition(lastAt: $0.lastAt, id: $0.id) }
    }

    /// Who was told of what, and what became of it; newest first.
    @Sendable func listDeliveries(_ call: Call<Paged<DeliveryFilter>>) async throws -> Page<DeliveryResponse> {
        let principal = try call.principal
        let page = call.input
        let deliveries = try await store.deliveries(
            tenant: principal.tenant,
            alert: page.filter.alertId,
            before: try page.position(as: NotificationID.self),
            limit: page.limit + 1
        )
        return try Page(deliveries, limit: page.limit) { $0.id }
    }

    @Sendable func acknowledge(_ call: Call<NoInput>) async throws -> AlertResponse {
        try await advance(call, on: .acknowledged, "ALERT_ACKNOWLEDGED")
    }

    /// Closes an alert, for which nobody waits any more or whose sensor has fallen silent. If its condition still holds, the next
    /// reading that says so opens another.
    @Sendable func resolve(_ call: Call<NoInput>) async throws -> AlertResponse {
        try await advance(call, on: .closed, "ALERT_RESOLVED")
    }

    // MARK: - Steps

    private func advance(_ call: Call<NoInput>, on signal: AlertSignal, _ action: String) async throws
        -> AlertResponse
    {
        let principal = try call.principal
        let id: AlertID = try call.id("id", of: "alert")
        let now = now()
        let alert = try await store.advance(
            id,
            on: signal,
            by: principal.user,
            in: try call.context.scope(of: "notification", at: now),
            audit: AuditRecorded(
                action,
                "alert",
                id.description,
                by: principal,
                in: call.context,
                service: "notification",
                at: now
            )
        )
        guard let alert else { throw Problem.notFound("alert") }
        return alert
    }

    /// What the rule refers to is waited for when it was created a moment ago.
    private func create(_ rule: AlertRuleState, in scope: EventScope, _ audit: AuditRecorded) async throws {
        do {
            try await store.create(rule, in: scope, audit: audit)
        } catch is Refusal {
            if let replicas, await !replicas.catchUp(with: .assetEvents) { throw Refusal.replicaBehind }
            try await store.create(rule, in: scope, audit: audit)
        }
    }
}

/// The filter of a list of alerts.
struct AlertFilter: Input {
    var status: AlertStatus?
}

/// The filter of a list of notifications.
struct DeliveryFilter: Input {
    var alertId: AlertID?
}

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

/// An alert's place in the list, newest first.
struct AlertPosition: Codable, Sendable {
    var lastAt: Date
    var id: AlertID
}

/// An alert as clients see it.
struct AlertResponse: Answer, Codable, Versioned {
    static let columns: SQL = """
        id, rule_id, type, severity, site_id, asset_id, tag, value, unit, threshold, status, occurrences, first_at,
        last_at, work_order_id, work_order_number, work_refusal, resolution, resolved_at, version
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
    /// Why there is no work order, though the rule asks for one.
    var workOrderRefusal: WorkRefusal?
    /// Why it has ended.
    var resolution: AlertResolution?
    var resolvedAt: Date?
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
        workOrderRefusal = try row["work_refusal"]
        resolution = try row["resolution"]
        resolvedAt = try row["resolved_at"]
        version = try row["version"]
    }
}
