import Commands
import EventSchema
import Foundation
import HTTPTypes
import Identifiers
import ServiceKit

/// A rule as clients see it.
struct AutomationRuleResponse: Answer, Codable, Versioned {
    struct Action: Codable, Sendable {
        var kind: RuleAction.Kind
        var priority: WorkOrderPriority?
        var userId: UserID?
        var templateId: WorkTemplateID?
        var text: String?
        var webhookId: WebhookID?
    }

    var id: AutomationRuleID
    var name: String
    var when: AutomationTrigger
    /// Absent: of all work orders.
    var condition: RuleCondition?
    var actions: [Action]
    var position: Int
    var stops: Bool
    var isActive: Bool
    /// Whether the service has switched it off because it has failed too often.
    var isDisabled: Bool
    /// How many times it has failed one after the other.
    var failures: Int
    var lastError: String?
    var createdAt: Date
    var createdBy: UserID
    var updatedAt: Date
    var updatedBy: UserID
    var version: Int64

    init(_ rule: AutomationRule) {
        id = rule.id
        name = rule.name
        when = rule.when
        condition = rule.condition
        actions = rule.actions.map {
            Action(
                kind: $0.kind,
                priority: $0.priority,
                userId: $0.user,
                templateId: $0.template,
                text: $0.text,
                webhookId: $0.webhook
            )
        }
        position = rule.position
        stops = rule.stops
        isActive = rule.isActive
        isDisabled = rule.isDisabled
        failures = rule.failures
        lastError = rule.lastError
        createdAt = rule.createdAt
        createdBy = rule.createdBy
        updatedAt = rule.updatedAt
        updatedBy = rule.updatedBy
        version = rule.version
    }
}

struct AutomationRuleList: Answer, Codable {
    var items: [AutomationRuleResponse]
}

/// What became of a rule once.
struct AutomationRunResponse: Codable, Sendable {
    var id: EventID
    var workOrderId: WorkOrderID
    var number: String
    var outcome: AutomationRun.Outcome
    /// How many of its actions were carried out.
    var actions: Int
    var error: String?
    /// 1 where no rule was before it.
    var depth: Int
    var at: Date

    init(_ run: AutomationRun) {
        id = run.id
        workOrderId = run.workOrder
        number = run.number
        outcome = run.outcome
        actions = run.actions
        error = run.error
        depth = run.depth
        at = run.at
    }
}

/// What a rule would have done. Of a work order, its phase is known as it was then; everything else is as it is now.
struct DryRunResponse: Answer, Codable {
    struct Item: Codable, Sendable {
        var workOrderId: WorkOrderID
        var number: String
        var at: Date
        var actions: [RuleAction.Kind]
    }

    /// How many events of the time were looked at, at most 5000, the latest.
    var examined: Int
    /// For how many the rule would have fired.
    var fired: Int
    /// The latest of these, at most 200.
    var items: [Item]

    init(_ run: DryRun, of rule: AutomationRule) {
        examined = run.examined
        fired = run.fired.count
        items = run.fired.prefix(DryRun.mostListed).map {
            Item(workOrderId: $0.order, number: $0.number, at: $0.at, actions: rule.actions.map(\.kind))
        }
    }
}

extension AutomationRefusal: ProblemConvertible {
    var problem: Problem {
        switch self {
        case .unknown: .notFound("automation rule")
        case .tooMany:
            Problem(
                .conflict,
                "too_many_automation_rules",
                "an organization has at most \(AutomationRule.maximumCount) automation rules",
                ["maximum": "\(AutomationRule.maximumCount)"]
            )
        case .nameTaken:
            Problem(.conflict, "automation_rule_name_taken", "there is an automation rule of this name already")
        case .stale(let current):
            Problem(
                .conflict,
                "stale_version",
                "somebody else has changed the rule: read it again",
                currentVersion: current
            )
        case .unknownPerson(let index):
            .field("actions[\(index)].userId", FieldRule(problem: "unknown_person", "there is no such active user"))
        case .unknownTemplate(let index):
            .field("actions[\(index)].templateId", FieldRule(problem: "unknown_template", "there is no such template"))
        case .unknownWebhook(let index):
            .field("actions[\(index)].webhookId", FieldRule(problem: "unknown_webhook", "there is no such webhook"))
        }
    }
}
