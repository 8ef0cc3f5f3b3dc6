import Commands
import EventSchema
import Foundation
import Identifiers

// What people do to work orders. HTTP bodies and offline changes are decoded to these same values.

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
    var scheduledStart: Date?
    var scheduledEnd: Date?
    var tasks: [Task]?

    static let rules: Rules = [
        "assetId": .means("What is worked on"),
        "title": WorkOrder.titleRule,
        "description": WorkOrder.descriptionRule,
        "assignedTo": .means("Who does it; needs the permission workorder:assign"),
        "scheduledEnd": .means("After scheduledStart"),
        "tasks": .items(0...WorkOrder.maximumTasks).means("The steps, in their order"),
    ]
}

/// Changes fields of a work order. An absent field keeps its value; a field that is null is cleared.
struct ChangeWorkOrder: Input {
    var title: Patch<String> = .keep
    var description: Patch<String?> = .keep
    var type: Patch<WorkOrderType> = .keep
    var priority: Patch<WorkOrderPriority> = .keep
    var assignedTo: Patch<UserID?> = .keep
    var scheduledStart: Patch<Date?> = .keep
    var scheduledEnd: Patch<Date?> = .keep
    /// The version that the caller saw; `nil` changes whatever is there.
    var version: Int64?

    static let rules: Rules = [
        "title": WorkOrder.titleRule,
        "description": WorkOrder.descriptionRule,
        "assignedTo": .means("Who does it; needs the permission workorder:assign"),
        "version": WorkOrder.versionRule,
    ]
}

/// The details of a move to another state, all optional.
struct MoveWorkOrder: Input {
    var reason: String?
    var scheduledStart: Date?
    var scheduledEnd: Patch<Date?> = .keep
    /// The version that the caller saw; `nil` moves whatever is there.
    var version: Int64?

    static let rules: Rules = [
        "reason": .text(0...2000).means("Why, for the history"),
        "scheduledStart": .means("For schedule: when the work begins"),
        "scheduledEnd": .means("For schedule: when it ends, after scheduledStart; absent keeps it, null clears it"),
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
        "What is wrong or what is to be done, in one line"
    )
    .example("Inverter 7 overheats")
    fileprivate static let descriptionRule = Rule.text(0...WorkOrder.maximumDescription).means(
        "Everything that a technician should know"
    )
    fileprivate static let taskTitle = Rule.line(1...200).means("What is to be done").example("Replace the fan")
    fileprivate static let versionRule = Rule.whole(1...Int64.max).means("The version that was seen")
}
