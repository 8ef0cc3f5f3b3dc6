import Access
import Commands
import EventSchema
import Foundation
import Identifiers
import Messaging
import Postgres
import ServiceKit

/// Runs the rules that a fact starts, in the transaction that notes the fact as handled: once, however often it arrives.
///
/// What a rule does is a command like a person's, given by the system: the same guards, history, events and audit, which names the rule. What it
/// publishes says which fact has caused it, so the rules that led to a fact are known when it arrives here.
struct AutomationConsumer: Sendable {
    let store: AutomationStore
    let templates: TemplateStore
    let rules: @Sendable (TenantID) -> AttributeRules
    var now: @Sendable () -> Date = { Date() }

    func handle<Fact: Event>(
        _ delivery: Delivery<Fact>,
        _ trigger: AutomationTrigger,
        of order: WorkOrderID,
        _ tx: Transaction
    ) async throws {
        guard let tenant = delivery.metadata.tenant else { return }
        let found = try await store.active(trigger, tenant, tx)
        guard !found.isEmpty else { return }
        let chain = try await store.chain(of: delivery.metadata, tenant, tx)
        for rule in found {
            // As it is now: an earlier rule may have changed it, and so may people since.
            guard let order = try await store.subject(order, tenant, tx) else { return }
            guard rule.fires(for: RuleSubject(order)) else { continue }
            var act = delivery.act(of: "work-orders", at: now())
            act.cause = "automation rule \(rule.id): \(rule.name)"
            var (done, error): (Int, String?) = (0, nil)
            let admitted = chain.admits(rule.id)
            if admitted { (done, error) = try await run(rule, on: order, by: act, tx) }
            let run = AutomationRun(
                id: .new(),
                tenant: tenant,
                rule: rule.id,
                event: delivery.metadata.id,
                workOrder: order.id,
                number: order.number,
                outcome: admitted ? error == nil ? .done : .failed : .stopped,
                actions: done,
                error: error,
                depth: chain.depth + 1,
                chain: Array(chain.rules.union([rule.id])),
                at: act.time
            )
            try await store.note(run, of: rule, by: act, tx)
            if rule.stops { return }
        }
    }

    /// Carries out its actions. A refusal comes before anything of that action is written, and ends the rule; what was done before it stays.
    ///
    /// - Returns: How many were carried out, and why the next one was not.
    private func run(
        _ rule: AutomationRule,
        on order: WorkOrder,
        by act: Act,
        _ tx: Transaction
    ) async throws -> (Int, String?) {
        var done = 0
        for action in rule.actions {
            do {
                try await perform(action, of: rule, on: order, by: act, tx)
                done += 1
            } catch let refusal as any ProblemConvertible where !(refusal is EventTooLarge) {
                return (done, "\(action.kind.rawValue): \(refusal.problem.detail)".cut(to: 500))
            }
        }
        return (done, nil)
    }

    private func perform(
        _ action: RuleAction,
        of rule: AutomationRule,
        on order: WorkOrder,
        by act: Act,
        _ tx: Transaction
    ) async throws {
        switch action.kind {
        case .setPriority:
            guard let priority = action.priority else { return }
            var change = ChangeWorkOrder()
            change.priority = .set(priority)
            try await command(.change(change), on: order, by: act, tx)
        case .assign:
            guard let user = action.user else { return }
            var change = ChangeWorkOrder()
            change.assignedTo = .set(user)
            try await command(.change(change), on: order, by: act, tx)
        case .addTasks:
            guard let id = action.template else { return }
            let template = try await templates.find(id, tenant: order.tenant, within: .tenant)
            try template.requireUsable(at: order.site)
            _ = try await store.orders.update(
                order.id,
                within: .tenant,
                by: act,
                tx
            ) { order, facts in try order.adding(template.tasks, Terms(by: nil, at: act.time, facts)) }
        case .comment:
            guard let text = action.text else { return }
            let held = try await store.orders.hold(order.id, within: .tenant, by: act, tx)
            let comment = Comment.written(
                WriteComment(text: text),
                id: .new(),
                on: held,
                by: rule.updatedBy,
                at: act.time
            )
            try await CommentStore(orders: store.orders).add(comment, on: held, by: act, tx)
        case .callWebhook:
            guard let webhook = action.webhook else { return }
            try await call(webhook, of: rule, on: order, by: act, tx)
        }
    }

    private func command(_ command: Command, on order: WorkOrder, by act: Act, _ tx: Transaction) async throws {
        let attributes = rules(order.tenant)
        _ = try await store.orders.update(
            order.id,
            giving: command.planning,
            within: .tenant,
            by: act,
            tx
        ) { order, facts in
            try command.decide(order, Terms(by: nil, at: act.time, under: attributes, facts), by: nil)
        }
    }

    /// What a webhook is told that a rule calls.
    private struct Call: Codable {
        var rule: AutomationRuleID
        var ruleName: String
        var workOrder: WorkOrderID
        var number: String
        var title: String
        var site: SiteID
        var asset: AssetID
        var priority: WorkOrderPriority
        var phase: WorkOrderPhase
    }

    private func call(
        _ id: WebhookID,
        of rule: AutomationRule,
        on order: WorkOrder,
        by act: Act,
        _ tx: Transaction
    ) async throws {
        try await WebhookStore.requireActive(id, order.tenant, tx)
        let message = EventID.new()
        let body = WebhookBody(
            id: message,
            type: WebhookDelivery.rule,
            time: act.time,
            tenant: order.tenant,
            data: Call(
                rule: rule.id,
                ruleName: rule.name,
                workOrder: order.id,
                number: order.number,
                title: order.title,
                site: order.site,
                asset: order.asset,
                priority: order.priority,
                phase: order.phase
            )
        )
        let delivery = WebhookDelivery(
            id: .new(),
            tenant: order.tenant,
            webhook: id,
            message: message,
            event: WebhookDelivery.rule,
            body: try JSONWriter.text(body),
            state: .pending,
            attempts: 0,
            nextAt: act.time,
            createdAt: act.time
        )
        tx.later(try WebhookStore.filing(delivery))
    }
}
