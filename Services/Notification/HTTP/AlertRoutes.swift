import Access
import Commands
import EventSchema
import Foundation
import HTTPTypes
import Identifiers
import Messaging
import ServiceKit

/// `/api/v1/alert-rules`, `/api/v1/alerts` and `/api/v1/notifications`.
struct AlertRoutes: Sendable {
    let store: AlertStore
    let replicas: EventConsumer?
    var now: @Sendable () -> Date = { Date() }

    private var commands: CommandRunner { CommandRunner("notification", store.database, now: now) }

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
        let rule = call.input.rule(tenant: try call.principal.tenant)
        let reach = try call.reach
        if rule.site == nil, rule.asset == nil { try call.principal.authority.requireTenantWide(.alertRuleCreate) }
        return try await afterCatchingUp {
            try await commands.run(call) { act, tx in
                try await store.create(rule, within: reach, by: act, tx)
                return Created(RuleResponse(rule))
            }
        }
    }

    @Sendable func listRules(_ call: Call<Paged<NoInput>>) async throws -> Page<RuleResponse> {
        let principal = try call.principal
        let page = call.input
        let rules = try await store.rules(
            tenant: principal.tenant,
            within: try call.reach,
            after: try page.position(as: AlertRuleID.self),
            limit: page.limit + 1
        )
        return try Page(rules.map(RuleResponse.init), limit: page.limit) { $0.id }
    }

    @Sendable func listAlerts(_ call: Call<Paged<AlertFilter>>) async throws -> Page<Alert> {
        let principal = try call.principal
        let page = call.input
        let alerts = try await store.alerts(
            tenant: principal.tenant,
            within: try call.reach,
            status: page.filter.status,
            after: try page.position(as: AlertPosition.self),
            limit: page.limit + 1
        )
        return try Page(alerts, limit: page.limit) { AlertPosition(lastAt: $0.lastAt, id: $0.id) }
    }

    /// The messages that were sent, and their results; the newest first.
    @Sendable func listDeliveries(_ call: Call<Paged<DeliveryFilter>>) async throws -> Page<MessageDelivery> {
        let principal = try call.principal
        let page = call.input
        let deliveries = try await store.deliveries(
            tenant: principal.tenant,
            within: try call.reach,
            alert: page.filter.alertId,
            before: try page.position(as: NotificationID.self),
            limit: page.limit + 1
        )
        return try Page(deliveries, limit: page.limit) { $0.id }
    }

    @Sendable func acknowledge(_ call: Call<NoInput>) async throws -> Alert {
        try await advance(call, on: .acknowledged, "ALERT_ACKNOWLEDGED")
    }

    /// Closes an alert, for example if its sensor no longer sends. If its condition still holds, the next reading that shows this raises a
    /// new alert.
    @Sendable func resolve(_ call: Call<NoInput>) async throws -> Alert {
        try await advance(call, on: .closed, "ALERT_RESOLVED")
    }

    // MARK: - Steps

    /// If a rule's site or asset is unknown, this waits for the replica: it may have been created a moment ago.
    private func afterCatchingUp<Given>(_ create: () async throws -> Given) async throws -> Given {
        do {
            return try await create()
        } catch is Refusal {
            if let replicas, await !replicas.catchUp(with: .assetEvents) { throw Refusal.replicaBehind }
            return try await create()
        }
    }

    private func advance(_ call: Call<NoInput>, on signal: AlertSignal, _ action: String) async throws -> Alert {
        let id: AlertID = try call.id("id", of: "alert")
        let reach = try call.principal.authority.reach(toChangeBy: [.alertAcknowledge], seenBy: .alertRead)
        return try await commands.run(call) { act, tx in
            guard let alert = try await store.advance(id, within: reach, on: signal, action, by: act, tx) else {
                throw Problem.notFound("alert")
            }
            return alert
        }
    }
}

/// The filters of a list of alerts.
struct AlertFilter: Input {
    var status: AlertStatus?
}

/// The filters of a list of notifications.
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

extension Alert: Answer, Versioned {}
