import Access
import Commands
import EventSchema
import Foundation
import HTTPTypes
import Identifiers
import Messaging
import ServiceKit

/// `/api/v1/automation-rules`: what is done by itself. It touches work everywhere, so it is for those who may see and change all of it.
struct AutomationRoutes: Sendable {
    let store: AutomationStore
    let replicas: EventConsumer?
    var now: @Sendable () -> Date = { Date() }

    private var commands: CommandRunner { CommandRunner("work-orders", store.orders.database, now: now) }

    func all() throws -> [Route] {
        let rule = "/automation-rules/{rule}"
        return try [
            Route(.get, "/automation-rules", "List automation rules", .requires(.automationRead), use: list),
            Route(
                .post,
                "/automation-rules",
                "Make an automation rule",
                .requires(.automationManage),
                .refuses([.conflict]),
                use: create
            ),
            Route(
                .post,
                "/automation-rules/dry-run",
                "Read what a rule would have done lately, without doing it",
                .requires(.automationManage),
                .readsOnly,
                use: dryRun
            ),
            Route(.get, rule, "Read an automation rule", .requires(.automationRead), use: read),
            Route(.put, rule, "Replace an automation rule", .requires(.automationManage), .versioned, use: replace),
            Route(.delete, rule, "Remove an automation rule", .requires(.automationManage), .versioned, use: remove),
            Route(
                .get,
                "\(rule)/runs",
                "List what became of an automation rule, the newest first",
                .requires(.automationRead),
                use: runs
            ),
        ]
    }

    @Sendable func list(_ call: Call<NoInput>) async throws -> AutomationRuleList {
        guard try call.reach == .tenant else { return AutomationRuleList(items: []) }
        return AutomationRuleList(
            items: try await store.list(try call.principal.tenant).map(AutomationRuleResponse.init)
        )
    }

    @Sendable func create(_ call: Call<SetAutomationRule>) async throws -> Created<AutomationRuleResponse> {
        let principal = try call.principal
        try principal.authority.requireTenantWide(.automationManage)
        try call.input.requireWhole()
        return try await withNewUsers {
            try await commands.run(call) { act, tx in
                let rule = AutomationRule.created(
                    call.input,
                    id: .new(),
                    of: principal.tenant,
                    by: principal.user,
                    at: act.time
                )
                try await store.create(rule, by: act, tx)
                return Created(AutomationRuleResponse(rule), at: "/api/v1/automation-rules/\(rule.id)")
            }
        }
    }

    @Sendable func dryRun(_ call: Call<DryRunAutomation>) async throws -> DryRunResponse {
        let principal = try call.principal
        try principal.authority.requireTenantWide(.automationManage)
        try call.input.rule.requireWhole(at: "rule.")
        let rule = AutomationRule.created(
            call.input.rule,
            id: .new(),
            of: principal.tenant,
            by: principal.user,
            at: now()
        )
        let since = now().addingTimeInterval(-Double(call.input.days ?? 30) * 86_400)
        let events = try await store.past(rule.when, since: since, principal.tenant)
        return DryRunResponse(DryRun(rule, over: events), of: rule)
    }

    @Sendable func read(_ call: Call<NoInput>) async throws -> AutomationRuleResponse {
        AutomationRuleResponse(try await store.find(try id(call), try call.principal.tenant))
    }

    @Sendable func replace(_ call: Call<SetAutomationRule>) async throws -> AutomationRuleResponse {
        let (id, principal, seen) = (try id(call), try call.principal, try call.ifMatch)
        return try await withNewUsers {
            try await commands.run(call) { act, tx in
                AutomationRuleResponse(
                    try await store.change(id, principal.tenant, by: act, tx) {
                        try call.input.requireWhole()
                        return try $0.replaced(by: call.input, seen: seen, by: principal.user, at: act.time)
                    }
                )
            }
        }
    }

    @Sendable func remove(_ call: Call<NoInput>) async throws -> NoContent {
        let (id, tenant, seen) = (try id(call), try call.principal.tenant, try call.ifMatch)
        return try await commands.run(call) { act, tx in
            try await store.remove(id, tenant, seen: seen, by: act, tx)
            return NoContent()
        }
    }

    @Sendable func runs(_ call: Call<Paged<NoFilter>>) async throws -> Page<AutomationRunResponse> {
        let page = call.input
        let found = try await store.runs(
            of: try id(call),
            try call.principal.tenant,
            after: try page.position(as: AutomationRunPosition.self),
            limit: page.limit
        )
        return try Page(found.map(AutomationRunResponse.init), limit: page.limit) {
            AutomationRunPosition(at: $0.at, id: $0.id)
        }
    }

    // MARK: - Steps

    /// For those whose permission is not for all of the organization, there is none.
    private func id(_ call: Call<some Input>) throws -> AutomationRuleID {
        guard try call.reach == .tenant else { throw AutomationRefusal.unknown }
        return try call.id("rule", of: "automation rule")
    }

    /// Who work is given to may have been created a moment ago.
    private func withNewUsers<Value>(_ change: () async throws -> Value) async throws -> Value {
        do {
            return try await change()
        } catch AutomationRefusal.unknownPerson {
            try await replicas?.requireCaughtUp(with: .authUsers)
            return try await change()
        }
    }
}
