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
            Route(.get, "/alert-rules/{id}", "Read an alert rule", .requires(.alertRuleRead), use: readRule),
            Route(
                .patch,
                "/alert-rules/{id}",
                "Change an alert rule",
                .requires(.alertRuleCreate),
                .versioned,
                use: changeRule
            ),
            Route(.delete, "/alert-rules/{id}", "Delete an alert rule", .requires(.alertRuleCreate), use: deleteRule),
            Route(.get, "/alerts", "List alerts", .requires(.alertRead), use: listAlerts),
            Route(.get, "/alerts/summary", "Count alerts", .requires(.alertRead), use: summarize),
            Route(.get, "/alerts/{id}", "Read an alert", .requires(.alertRead), use: readAlert),
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
                return Created(RuleResponse(rule), at: "/api/v1/alert-rules/\(rule.id)")
            }
        }
    }

    @Sendable func listRules(_ call: Call<Paged<RuleFilter>>) async throws -> Page<RuleResponse> {
        let principal = try call.principal
        let page = call.input
        let rules = try await store.rules(
            page.filter,
            tenant: principal.tenant,
            within: try call.reach,
            after: try page.position(as: AlertRuleID.self),
            limit: page.limit + 1
        )
        return try Page(rules.map(RuleResponse.init), limit: page.limit) { $0.id }
    }

    @Sendable func readRule(_ call: Call<NoInput>) async throws -> RuleResponse {
        let id: AlertRuleID = try call.id("id", of: "alert rule")
        let rule = try await store.rule(id, tenant: try call.principal.tenant, within: try call.reach)
        guard let rule else { throw Problem.notFound("alert rule") }
        return RuleResponse(rule)
    }

    @Sendable func changeRule(_ call: Call<ChangeAlertRule>) async throws -> RuleResponse {
        let id: AlertRuleID = try call.id("id", of: "alert rule")
        let seen = try call.ifMatch
        let reach = try call.principal.authority.reach(toChangeBy: [.alertRuleCreate], seenBy: .alertRuleRead)
        return try await commands.run(call) { act, tx in
            let rule = try await store.change(id, within: reach, seen: seen, by: act, tx) { call.input.apply(to: &$0) }
            guard let rule else { throw Problem.notFound("alert rule") }
            return RuleResponse(rule)
        }
    }

    @Sendable func deleteRule(_ call: Call<NoInput>) async throws -> NoContent {
        let id: AlertRuleID = try call.id("id", of: "alert rule")
        let reach = try call.principal.authority.reach(toChangeBy: [.alertRuleCreate], seenBy: .alertRuleRead)
        return try await commands.run(call) { act, tx in
            guard try await store.delete(id, within: reach, by: act, tx) else { throw Problem.notFound("alert rule") }
            return NoContent()
        }
    }

    @Sendable func listAlerts(_ call: Call<Paged<AlertFilter>>) async throws -> Page<Alert> {
        let principal = try call.principal
        let page = call.input
        let alerts = try await store.alerts(
            page.filter,
            tenant: principal.tenant,
            within: try call.reach,
            after: try page.position(as: AlertPosition.self),
            limit: page.limit + 1
        )
        return try Page(alerts, limit: page.limit) { AlertPosition(lastAt: $0.lastAt, id: $0.id) }
    }

    @Sendable func readAlert(_ call: Call<NoInput>) async throws -> Alert {
        let id: AlertID = try call.id("id", of: "alert")
        let alert = try await store.alert(id, tenant: try call.principal.tenant, within: try call.reach)
        guard let alert else { throw Problem.notFound("alert") }
        return alert
    }

    @Sendable func summarize(_ call: Call<AlertSummaryFilter>) async throws -> AlertSummary {
        AlertSummary(
            try await store.counts(of: call.input.siteId, tenant: try call.principal.tenant, within: try call.reach)
        )
    }

    /// The messages that were sent, and their results; the newest first.
    @Sendable func listDeliveries(_ call: Call<Paged<DeliveryFilter>>) async throws -> Page<MessageDelivery> {
        let principal = try call.principal
        let page = call.input
        let deliveries = try await store.deliveries(
            page.filter,
            tenant: principal.tenant,
            within: try call.reach,
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
