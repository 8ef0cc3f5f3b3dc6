import Commands
import EventSchema
import Foundation
import Identifiers

// The commands for work orders. HTTP bodies and offline changes are the same values, read by the same reader.

/// Creates a work order, as a draft.
struct CreateWorkOrder: Input {
    struct Task: Input {
        var title: String

        static let rules: Rules = ["title": WorkOrder.taskTitle]
    }

    var assetId: AssetID
    var title: String
    var description: String?
    var type: WorkOrderType
    var priority: WorkOrderPriority
    var assignedTo: UserID?
    var requiredSkills: [String]?
    var scheduledStart: Date?
    var scheduledEnd: Date?
    var tasks: [Task]?

    static let rules: Rules = [
        "assetId": .means("The asset to work on"),
        "title": WorkOrder.titleRule,
        "description": WorkOrder.descriptionRule,
        "assignedTo": .means("The user who does the work; setting it needs the permission `workorder:assign`"),
        "requiredSkills": WorkOrder.skillsRule,
        "scheduledEnd": .means("When the work ends; must be after `scheduledStart`"),
        "tasks": .items(0...WorkOrder.maximumTasks).means("The steps, in the order of the work"),
    ]
}

/// Changes fields of a work order. An absent field keeps its value, and `null` clears it.
struct ChangeWorkOrder: Input {
    var title: Patch<String> = .keep
    var description: Patch<String?> = .keep
    var type: Patch<WorkOrderType> = .keep
    var priority: Patch<WorkOrderPriority> = .keep
    var assignedTo: Patch<UserID?> = .keep
    var requiredSkills: Patch<[String]> = .keep
    var scheduledStart: Patch<Date?> = .keep
    var scheduledEnd: Patch<Date?> = .keep
    /// The version that the caller has seen; `nil` changes any version.
    var version: Int64?

    static let rules: Rules = [
        "title": WorkOrder.titleRule,
        "description": WorkOrder.descriptionRule,
        "assignedTo": .means("The user who does the work; setting it needs the permission `workorder:assign`"),
        "requiredSkills": WorkOrder.skillsRule,
        "version": WorkOrder.versionRule,
    ]
}

/// Further values for a move to another phase. The move says which of them it needs.
struct MoveWorkOrder: Input {
    var reason: String?
    var assignedTo: UserID?
    var scheduledStart: Date?
    var scheduledEnd: Patch<Date?> = .keep
    /// The version that the caller has seen; `nil` moves any version.
    var version: Int64?

    static let rules: Rules = [
        "reason": .text(0...2000).means(
            "The reason for the move, which is kept in the history; `reject`, `pause`, `reopen` and `cancel` need one"
        ),
        "assignedTo": .means("For the transition `assign`: the user who does the work"),
        "scheduledStart": .means("For the transition `schedule`: when the work begins"),
        "scheduledEnd": .means(
            "For the transition `schedule`: when the work ends; must be after `scheduledStart`. Omit it to keep the present value; null removes it"
        ),
        "version": WorkOrder.versionRule,
    ]
}

/// Adds a task at the end of the list.
struct AddTask: Input {
    var title: String

    static let rules: Rules = ["title": WorkOrder.taskTitle]
}

/// Records the outcome of a task.
struct FinishTask: Input {
    var status: TaskStatus
    /// Absent keeps the task's notes, `null` clears them.
    var notes: Patch<String?> = .keep

    static let rules: Rules = ["notes": .text(0...WorkOrder.maximumNotes).means("What was found or done")]
}

extension WorkOrder {
    fileprivate static let titleRule = Rule.line(1...WorkOrder.maximumTitle).means(
        "The problem or the work, in one line"
    )
    .example("Inverter 7 overheats")
    fileprivate static let descriptionRule = Rule.text(0...WorkOrder.maximumDescription).means(
        "What the technician needs to know"
    )
    fileprivate static let skillsRule = Rule.items(0...20, each: .line(1...64)).means(
        "What whoever does the work must be qualified to do; the tenant's settings say whether it must"
    ).example(["high voltage"])
    fileprivate static let taskTitle = Rule.line(1...200).means("What to do, in one line").example("Replace the fan")
    fileprivate static let versionRule = Rule.whole(1...Int64.max).means(
        "The version that the client read last; another current version is a conflict"
    )
}
