import Commands
import EventSchema
import Foundation
import Identifiers

/// Makes a rule, or replaces one.
struct SetAutomationRule: Input {
    var name: String
    var when: AutomationTrigger
    var condition: NewRuleCondition?
    var actions: [NewRuleAction]
    var position: Int?
    var stops: Bool?
    var isActive: Bool?

    static let rules: Rules = [
        "name": .line(1...80).means("What it is called, once in the organization").example("Safety first"),
        "when": .means("What starts it"), "condition": .means("Of which work orders; without it, of all"),
        "actions": .items(1...AutomationRule.maximumActions).means("What it does, one after the other"),
        "position": .whole(1...10_000).means("Rules are tried in this order; the default is 100"),
        "stops": .means("Whether no later rule is tried when it fires"),
        "isActive": .means("Whether it runs; the default is true"),
    ]

    /// Checks what depends on several fields of an action or a test: after it is known that the rule is there.
    ///
    /// - Throws: ``InvalidInput``.
    func requireWhole(at path: String = "") throws {
        var errors = FieldErrors()
        condition?.check("\(path)condition", &errors)
        for (index, action) in actions.enumerated() { action.check("\(path)actions[\(index)]", &errors) }
        guard errors.errors.isEmpty else { throw InvalidInput(errors: errors.errors) }
    }
}

/// Tests, and groups of tests.
struct NewRuleCondition: Input {
    struct Group: Input {
        var match: RuleCondition.Match?
        var tests: [NewRuleTest]

        static let rules: Rules = [
            "match": .means("Whether all tests have to hold, or any; the default is all"),
            "tests": .items(1...10),
        ]
    }

    var match: RuleCondition.Match?
    var tests: [NewRuleTest]?
    var groups: [Group]?

    static let rules: Rules = [
        "match": .means("Whether all tests and groups have to hold, or any; the default is all"),
        "tests": .items(0...10), "groups": .items(0...10).means("Tests that belong together"),
    ]

    fileprivate func check(_ path: String, _ errors: inout FieldErrors) {
        let (tests, groups) = (tests ?? [], groups ?? [])
        errors.require(!tests.isEmpty || !groups.isEmpty, "\(path).tests", .required)
        for (index, test) in tests.enumerated() { test.check("\(path).tests[\(index)]", &errors) }
        for (index, group) in groups.enumerated() {
            for (place, test) in group.tests.enumerated() {
                test.check("\(path).groups[\(index)].tests[\(place)]", &errors)
            }
        }
    }
}

/// Whether a field has one of some values.
struct NewRuleTest: Input {
    var field: RuleTest.Field
    var isNot: Bool?
    var values: [String]

    static let rules: Rules = [
        "isNot": .means("true: whether it has none of them"),
        "values": .items(1...20, each: .line(1...64)).means(
            "Words of the field, as a work order has them; ids of sites and assets; names of skills"
        ).example(["high"]),
    ]

    fileprivate func check(_ path: String, _ errors: inout FieldErrors) {
        let words: [String]? =
            switch field {
            case .type: WorkOrderType.allCases.map(\.rawValue)
            case .priority: WorkOrderPriority.allCases.map(\.rawValue)
            case .origin: WorkOrderOrigin.allCases.map(\.rawValue)
            case .phase: WorkOrderPhase.allCases.map(\.rawValue)
            case .site, .asset, .skill: nil
            }
        for (index, value) in values.enumerated() {
            let place = "\(path).values[\(index)]"
            if let words { errors.require(words.contains(value), place, .oneOf(words)) }
            if field == .site || field == .asset { errors.require(SiteID(value) != nil, place, .uuid) }
        }
    }
}

/// What a rule does; each kind needs a value of its own.
struct NewRuleAction: Input {
    var kind: RuleAction.Kind
    var priority: WorkOrderPriority?
    var userId: UserID?
    var templateId: WorkTemplateID?
    var text: String?
    var webhookId: WebhookID?

    static let rules: Rules = [
        "priority": .means("For `set_priority`"), "userId": .means("For `assign`: who does the work"),
        "templateId": .means("For `add_tasks`: whose tasks are added"),
        "text": .text(1...Comment.maximumLength).means("For `comment`, in the name of who has set the rule"),
        "webhookId": .means("For `call_webhook`"),
    ]

    fileprivate func check(_ path: String, _ errors: inout FieldErrors) {
        let given: [(String, Bool, RuleAction.Kind)] = [
            ("priority", priority != nil, .setPriority), ("userId", userId != nil, .assign),
            ("templateId", templateId != nil, .addTasks), ("text", text != nil, .comment),
            ("webhookId", webhookId != nil, .callWebhook),
        ]
        for (name, isThere, of) in given {
            if of == kind {
                errors.require(isThere, "\(path).\(name)", .required)
            } else {
                errors.require(
                    !isThere,
                    "\(path).\(name)",
                    .goesWith("kind", "must be left out: it is for another kind of action")
                )
            }
        }
    }
}

extension RuleCondition {
    init(_ new: NewRuleCondition) {
        self.init(
            match: new.match ?? .all,
            tests: (new.tests ?? []).map(RuleTest.init),
            groups: (new.groups ?? []).map { Group(match: $0.match ?? .all, tests: $0.tests.map(RuleTest.init)) }
        )
    }
}

extension RuleTest {
    init(_ new: NewRuleTest) {
        let isOfIDs = new.field == .site || new.field == .asset
        // As identifiers are written everywhere.
        let values = isOfIDs ? new.values.map { SiteID($0)?.description ?? $0 } : new.values
        self.init(field: new.field, isNot: new.isNot ?? false, values: values)
    }
}

extension RuleAction {
    init(_ new: NewRuleAction) {
        self.init(
            kind: new.kind,
            priority: new.priority,
            user: new.userId,
            template: new.templateId,
            text: new.text,
            webhook: new.webhookId
        )
    }
}

/// Asks what a rule would have done.
struct DryRunAutomation: Input {
    var rule: SetAutomationRule
    var days: Int?

    static let rules: Rules = [
        "rule": .means("The rule, which need not be kept anywhere"),
        "days": .whole(1...31).means("How far to look back; the default is 30"),
    ]
}

/// Something that happened to a work order in the past, and the work order as far as it is known how it was then.
struct PastEvent: Hashable, Sendable {
    var order: WorkOrderID
    var number: String
    var at: Date
    var subject: RuleSubject
}

/// What a rule would have done.
struct DryRun: Hashable, Sendable {
    static let mostEvents = 5000
    static let mostListed = 200

    var examined: Int
    var fired: [PastEvent]

    init(_ rule: AutomationRule, over events: [PastEvent]) {
        examined = events.count
        fired = events.filter { rule.fires(for: $0.subject) }
    }
}
