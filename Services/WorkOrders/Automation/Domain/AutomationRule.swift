import Commands
import EventSchema
import Foundation
import Identifiers

enum AutomationRuleKind {}
/// Names a rule.
typealias AutomationRuleID = Identifier<AutomationRuleKind>

/// What starts a rule.
enum AutomationTrigger: String, Codable, CaseIterable, Sendable {
    case created
    case stateChanged = "state_changed"
    case assigned
    case completed
    case serviceLevel = "service_level"
    case commented
}

/// When something happens to a work order, and it is of a certain kind, then something is done with it: by the system, as a person's command
/// would be.
struct AutomationRule: Codable, Hashable, Sendable {
    let id: AutomationRuleID
    let tenant: TenantID
    var name: String
    var when: AutomationTrigger
    /// `nil`: always.
    var condition: RuleCondition?
    var actions: [RuleAction]
    /// Rules are tried in this order.
    var position: Int
    /// Whether no later rule is tried when it fires.
    var stops: Bool
    var isActive: Bool
    /// How many times it has failed one after the other.
    var failures: Int
    var lastError: String?
    /// Whether it was switched off because it has failed too often.
    var isDisabled: Bool
    let createdAt: Date
    let createdBy: UserID
    var updatedAt: Date
    /// Whose comments it writes.
    var updatedBy: UserID
    var version: Int64

    static let maximumCount = 50
    static let maximumActions = 5
    static let mostFailures = 10
    /// How far what a rule does can start others: three rules one after the other.
    static let deepest = 3

    static func created(
        _ new: SetAutomationRule,
        id: AutomationRuleID,
        of tenant: TenantID,
        by user: UserID,
        at now: Date
    ) -> AutomationRule {
        AutomationRule(
            id: id,
            tenant: tenant,
            name: new.name,
            when: new.when,
            condition: new.condition.map(RuleCondition.init),
            actions: new.actions.map(RuleAction.init),
            position: new.position ?? 100,
            stops: new.stops ?? false,
            isActive: new.isActive ?? true,
            failures: 0,
            isDisabled: false,
            createdAt: now,
            createdBy: user,
            updatedAt: now,
            updatedBy: user,
            version: 1
        )
    }

    /// The rule as a whole is replaced, so that what is there was written by one person.
    func replaced(
        by new: SetAutomationRule,
        seen: Int64?,
        by user: UserID,
        at now: Date
    ) throws(AutomationRefusal) -> AutomationRule {
        try requireVersion(seen)
        var next = Self.created(new, id: id, of: tenant, by: user, at: now)
        next = AutomationRule(
            id: id,
            tenant: tenant,
            name: next.name,
            when: next.when,
            condition: next.condition,
            actions: next.actions,
            position: new.position ?? position,
            stops: next.stops,
            isActive: next.isActive,
            failures: 0,
            isDisabled: false,
            createdAt: createdAt,
            createdBy: createdBy,
            updatedAt: now,
            updatedBy: user,
            version: version + 1
        )
        return next
    }

    func requireVersion(_ seen: Int64?) throws(AutomationRefusal) {
        if let seen, seen != version { throw .stale(current: version) }
    }

    /// Whether it fires for a work order as it is.
    func fires(for order: RuleSubject) -> Bool { condition?.holds(for: order) ?? true }

    /// The rule after it has run.
    func after(_ error: String?, at now: Date) -> AutomationRule {
        var next = self
        guard let error else {
            (next.failures, next.lastError) = (0, nil)
            return next
        }
        (next.failures, next.lastError) = (failures + 1, error)
        if isActive, next.failures >= Self.mostFailures {
            (next.isActive, next.isDisabled, next.updatedAt, next.version) = (false, true, now, version + 1)
        }
        return next
    }
}

/// What conditions are about: a work order as it was when it was looked at.
struct RuleSubject: Hashable, Sendable {
    var type: WorkOrderType
    var priority: WorkOrderPriority
    var site: SiteID
    var asset: AssetID
    var origin: WorkOrderOrigin
    var phase: WorkOrderPhase
    var skills: [String]
}

extension RuleSubject {
    init(_ order: WorkOrder) {
        self.init(
            type: order.type,
            priority: order.priority,
            site: order.site,
            asset: order.asset,
            origin: order.origin,
            phase: order.phase,
            skills: order.requiredSkills
        )
    }
}

/// Tests that all hold, or of which any holds; among them groups of tests, and no deeper.
struct RuleCondition: Codable, Hashable, Sendable {
    enum Match: String, Codable, CaseIterable, Sendable { case all, any }

    struct Group: Codable, Hashable, Sendable {
        var match: Match
        var tests: [RuleTest]

        func holds(for order: RuleSubject) -> Bool {
            match == .all ? tests.allSatisfy { $0.holds(for: order) } : tests.contains { $0.holds(for: order) }
        }
    }

    var match: Match
    var tests: [RuleTest]
    var groups: [Group]

    func holds(for order: RuleSubject) -> Bool {
        let results = tests.map { $0.holds(for: order) } + groups.map { $0.holds(for: order) }
        return match == .all ? results.allSatisfy(\.self) : results.contains(true)
    }
}

/// Whether a field of a work order has one of some values.
struct RuleTest: Codable, Hashable, Sendable {
    enum Field: String, Codable, CaseIterable, Sendable { case type, priority, site, asset, origin, phase, skill }

    var field: Field
    var isNot: Bool
    var values: [String]

    func holds(for order: RuleSubject) -> Bool {
        let found: [String] =
            switch field {
            case .type: [order.type.rawValue]
            case .priority: [order.priority.rawValue]
            case .site: [order.site.description]
            case .asset: [order.asset.description]
            case .origin: [order.origin.rawValue]
            case .phase: [order.phase.rawValue]
            case .skill: order.skills
            }
        return found.contains { values.contains($0) } != isNot
    }
}

/// What a rule does.
struct RuleAction: Codable, Hashable, Sendable {
    enum Kind: String, Codable, CaseIterable, Sendable {
        case setPriority = "set_priority"
        case assign
        /// The tasks of a template, after those that are there.
        case addTasks = "add_tasks"
        case comment
        case callWebhook = "call_webhook"
    }

    var kind: Kind
    var priority: WorkOrderPriority?
    var user: UserID?
    var template: WorkTemplateID?
    var text: String?
    var webhook: WebhookID?
}

/// What came of a rule.
struct AutomationRun: Codable, Hashable, Sendable {
    enum Outcome: String, Codable, CaseIterable, Sendable {
        case done
        case failed
        /// It would have started itself, or gone too deep.
        case stopped
    }

    let id: EventID
    let tenant: TenantID
    let rule: AutomationRuleID
    /// What has started it.
    let event: EventID
    let workOrder: WorkOrderID
    let number: String
    let outcome: Outcome
    /// How many of its actions were carried out.
    let actions: Int
    let error: String?
    /// 1 where no rule was before it.
    let depth: Int
    /// The rules before it and itself.
    let chain: [AutomationRuleID]
    let at: Date

    static let retention: TimeInterval = 30 * 86_400
}

/// Which rules have led to an event.
struct RuleChain: Hashable, Sendable {
    var depth: Int
    var rules: Set<AutomationRuleID>

    /// No rule has.
    static let none = RuleChain(depth: 0, rules: [])

    /// Whether a rule can run because of it: what rules do starts others three deep, and none starts itself, however long the way.
    func admits(_ rule: AutomationRuleID) -> Bool { depth < AutomationRule.deepest && !rules.contains(rule) }
}

/// Why a rule is not made or changed.
enum AutomationRefusal: Error, Hashable, Sendable {
    case unknown
    case tooMany
    case nameTaken
    case stale(current: Int64)
    /// The place of the action that names somebody or something unknown.
    case unknownPerson(at: Int)
    case unknownTemplate(at: Int)
    case unknownWebhook(at: Int)
}
