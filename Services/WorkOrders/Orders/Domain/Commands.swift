import Commands
import EventSchema
import Foundation
import Identifiers

// The commands for work orders. HTTP bodies and offline changes are the same values, read by the same reader.

/// Creates a work order, as a draft. What is given wins over what its template says.
struct CreateWorkOrder: Input {
    var assetId: AssetID
    var templateId: WorkTemplateID?
    var title: String?
    var description: String?
    var safetyNotes: String?
    var type: WorkOrderType?
    var priority: WorkOrderPriority?
    var assignedTo: UserID?
    var crewId: CrewID?
    var requiredSkills: [String]?
    var requiredPermits: [PermitType]?
    var scheduledStart: Date?
    var scheduledEnd: Date?
    var tasks: [NewTask]?

    static let rules: Rules = [
        "assetId": .means("The asset to work on"),
        "templateId": .means(
            "The template that it is made from; needs the permission `procedure:read`. Without one, title, type and priority are required"
        ),
        "title": WorkOrder.titleRule,
        "description": WorkOrder.descriptionRule,
        "safetyNotes": WorkOrder.safetyNotesRule,
        "assignedTo": .means("The user who does the work; setting it needs the permission `workorder:assign`"),
        "crewId": WorkOrder.crewRule,
        "requiredSkills": WorkOrder.skillsRule,
        "requiredPermits": WorkOrder.permitsRule,
        "scheduledEnd": .means("When the work ends; must be after `scheduledStart`"),
        "tasks": .items(0...WorkOrder.maximumTasks).means("The steps, in the order of the work"),
    ]

    func check(_ errors: inout FieldErrors) {
        NewTask.check(tasks ?? [], &errors)
        guard templateId == nil else { return }
        for (name, isGiven) in [("title", title != nil), ("type", type != nil), ("priority", priority != nil)] {
            errors.require(isGiven, name, .required)
        }
    }
}

/// Changes fields of a work order. An absent field keeps its value, and `null` clears it.
struct ChangeWorkOrder: Input {
    var title: Patch<String> = .keep
    var description: Patch<String?> = .keep
    var safetyNotes: Patch<String?> = .keep
    var type: Patch<WorkOrderType> = .keep
    var priority: Patch<WorkOrderPriority> = .keep
    var assignedTo: Patch<UserID?> = .keep
    var crewId: Patch<CrewID?> = .keep
    var requiredSkills: Patch<[String]> = .keep
    var requiredPermits: Patch<[PermitType]> = .keep
    var scheduledStart: Patch<Date?> = .keep
    var scheduledEnd: Patch<Date?> = .keep
    var verdict: Patch<OriginVerdict> = .keep
    var cause: Patch<String> = .keep
    var completionNotes: Patch<String?> = .keep
    var rootCause: Patch<String?> = .keep
    var preventiveActions: Patch<String?> = .keep
    /// The version that the caller has seen; `nil` changes any version.
    var version: Int64?

    static let rules: Rules = [
        "title": WorkOrder.titleRule,
        "description": WorkOrder.descriptionRule,
        "assignedTo": .means("The user who does the work; setting it needs the permission `workorder:assign`"),
        "crewId": WorkOrder.crewRule,
        "requiredSkills": WorkOrder.skillsRule,
        "requiredPermits": WorkOrder.permitsRule,
        "verdict": WorkOrder.verdictRule,
        "cause": WorkOrder.causeRule,
        "safetyNotes": WorkOrder.safetyNotesRule,
        "completionNotes": WorkOrder.completionNotesRule,
        "rootCause": WorkOrder.rootCauseRule,
        "preventiveActions": WorkOrder.preventiveActionsRule,
        "version": WorkOrder.versionRule,
    ]
}

/// Further values for a move to another phase. The move says which of them it needs.
struct MoveWorkOrder: Input {
    var reason: String?
    var holdReason: HoldReason?
    var assignedTo: UserID?
    var crewId: CrewID?
    var scheduledStart: Date?
    var scheduledEnd: Patch<Date?> = .keep
    var verdict: OriginVerdict?
    var cause: String?
    var completionNotes: Patch<String?> = .keep
    var rootCause: Patch<String?> = .keep
    var preventiveActions: Patch<String?> = .keep
    /// The version that the caller has seen; `nil` moves any version.
    var version: Int64?

    static let rules: Rules = [
        "reason": .text(0...2000).means(
            "The reason for the move, which is kept in the history; `reject`, `pause`, `reopen` and `cancel` need one"
        ),
        "holdReason": .means(
            "For the transition `pause`: what the work waits for; the organization's service levels say which of these stop the clock"
        ),
        "assignedTo": .means("For the transition `assign`: the user who does the work, or leads the crew that does"),
        "crewId": .means(
            "For the transition `assign`: the crew that does the work; this, `assignedTo` or both. What is left out is nobody's after it"
        ),
        "scheduledStart": .means("For the transition `schedule`: when the work begins"),
        "scheduledEnd": .means(
            "For the transition `schedule`: when the work ends; must be after `scheduledStart`. Omit it to keep the present value; null removes it"
        ),
        "verdict": .means(
            "For the transition `complete`: whether what the alert or the prediction said was so; only where one has asked for the work"
        ),
        "cause": .line(1...WorkOrder.maximumCause).means(
            "For the transition `complete`: why the asset failed, as a code of the organization's"
        ),
        "completionNotes": WorkOrder.completionNotesRule,
        "rootCause": WorkOrder.rootCauseRule,
        "preventiveActions": WorkOrder.preventiveActionsRule,
        "version": WorkOrder.versionRule,
    ]
}

/// Adds a task at the end of the list.
struct AddTask: Input {
    var title: String
    var description: String?
    var isMandatory: Bool?
    var dependsOn: [TaskID]?
    var check: NewCheck?
    var opensFollowUp: Bool?

    static let rules: Rules = [
        "title": WorkTask.titleRule, "description": WorkTask.descriptionRule, "isMandatory": WorkTask.mandatoryRule,
        "dependsOn": ChangeTask.dependsOnRule, "check": WorkTask.checkRule, "opensFollowUp": WorkTask.followUpRule,
    ]

    func check(_ errors: inout FieldErrors) {
        check?.check(at: "check", &errors)
        errors.require(check != nil || opensFollowUp == nil, "opensFollowUp", .needsCheck)
    }
}

/// Records how a task was done, or changes what it asks for while it is pending. An absent field keeps its value.
struct ChangeTask: Input {
    var status: Patch<TaskStatus> = .keep
    var answer: Patch<NewAnswer> = .keep
    /// `null` clears them.
    var notes: Patch<String?> = .keep
    var title: Patch<String> = .keep
    var description: Patch<String?> = .keep
    var isMandatory: Patch<Bool> = .keep
    var dependsOn: Patch<[TaskID]> = .keep
    var check: Patch<NewCheck?> = .keep
    var opensFollowUp: Patch<Bool> = .keep
    var position: Patch<Int> = .keep

    static let rules: Rules = [
        "status": .means("`pending` takes back that it was completed or skipped, with its answer"),
        "answer": .means("What is answered to the task's check, with the status `completed`"),
        "notes": .text(0...WorkOrder.maximumNotes).means("What was found or done; why it is skipped"),
        "title": WorkTask.titleRule, "description": WorkTask.descriptionRule, "isMandatory": WorkTask.mandatoryRule,
        "dependsOn": dependsOnRule, "check": WorkTask.checkRule, "opensFollowUp": WorkTask.followUpRule,
        "position": .whole(1...Int64(WorkOrder.maximumTasks)).means("Its place among the tasks; 1 for the first one"),
    ]

    fileprivate static let dependsOnRule = Rule.items(0...WorkTask.maximumDependencies).means(
        "Earlier tasks of the work order, which must be finished before it"
    )

    /// Whether it changes what is asked for, which is not for those who do it.
    var isDefinition: Bool {
        [title != .keep, description != .keep, isMandatory != .keep, dependsOn != .keep, check != .keep]
            .contains(true) || opensFollowUp != .keep || position != .keep
    }

    func check(_ errors: inout FieldErrors) { (check.value ?? nil)?.check(at: "check", &errors) }
}

extension WorkOrder {
    fileprivate static let titleRule = Rule.line(1...WorkOrder.maximumTitle).means(
        "The problem or the work, in one line"
    )
    .example("Inverter 7 overheats")
    static let descriptionRule = Rule.text(0...WorkOrder.maximumDescription).means(
        "What the technician needs to know"
    )
    static let skillsRule = Rule.items(0...20, each: .line(1...64)).means(
        "What whoever does the work must be qualified to do; the tenant's settings say whether it must"
    ).example(["high voltage"])
    static let permitsRule = Rule.items(0...PermitType.allCases.count).means(
        "The kinds of permits to work that must be in force while it is done"
    ).example(["electrical_loto"])
    static let crewRule = Rule.means(
        "The crew that does the work, of the site of the asset; `assignedTo` then leads it. Setting it needs the permission `workorder:assign`"
    )
    static let verdictRule = Rule.means(
        "Whether what the alert or the prediction said was so; only where one has asked for the work"
    )
    static let causeRule = Rule.line(1...maximumCause).means("Why the asset failed, as a code of the organization's")
        .example("bearing-wear")
    static let safetyNotesRule = notesRule("What whoever does the work must beware of")
    static let completionNotesRule = notesRule(
        "What was done; the transitions `complete`, `verify` and `close` take it too"
    )
    static let rootCauseRule = notesRule("Why it came to this, in words")
    static let preventiveActionsRule = notesRule("What keeps it from happening again")

    private static func notesRule(_ meaning: String) -> Rule { .text(0...maximumNotes).means(meaning) }

    static let versionRule = Rule.whole(1...Int64.max).means(
        "The version that the client read last; another current version is a conflict"
    )
}
