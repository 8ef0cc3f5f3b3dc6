import Commands
import EventSchema
import Identifiers

/// A task of a list of tasks that does not exist yet: of a new work order, or of a template. Its number is its place in the list.
struct NewTask: Input {
    var title: String
    var description: String?
    var isMandatory: Bool?
    var after: [Int]?
    var check: NewCheck?
    var opensFollowUp: Bool?

    static let rules: Rules = [
        "title": WorkTask.titleRule, "description": WorkTask.descriptionRule, "isMandatory": WorkTask.mandatoryRule,
        "after": .items(0...WorkTask.maximumDependencies, each: .whole(1...Int64(WorkOrder.maximumTasks))).means(
            "The numbers of earlier tasks of this list, which must be finished before it; the first task has the number 1"
        ),
        "check": WorkTask.checkRule, "opensFollowUp": WorkTask.followUpRule,
    ]

    /// Notes what does not fit together in a list of tasks.
    static func check(_ tasks: [NewTask], _ errors: inout FieldErrors) {
        for (index, task) in tasks.enumerated() {
            let place = "tasks[\(index)]"
            errors.require((task.after ?? []).allSatisfy { $0 <= index }, "\(place).after", .notEarlier)
            task.check?.check(at: "\(place).check", &errors)
            errors.require(task.check != nil || task.opensFollowUp == nil, "\(place).opensFollowUp", .needsCheck)
        }
    }
}

/// A task that is not of a work order yet, as it is kept.
struct PlannedTask: Codable, Hashable, Sendable {
    var title: String
    var description: String?
    var isMandatory: Bool
    /// The numbers of earlier tasks, from 1.
    var after: [Int]
    var check: TaskCheck?
    var opensFollowUp: Bool
}

extension PlannedTask {
    init(_ new: NewTask) {
        title = new.title
        description = new.description
        isMandatory = new.isMandatory ?? false
        after = Set(new.after ?? []).sorted()
        check = new.check?.check
        opensFollowUp = new.check != nil && new.opensFollowUp ?? true
    }
}

extension [WorkTask] {
    /// The tasks of a new work order, all of them pending.
    init(_ planned: [PlannedTask]) {
        let ids = planned.map { _ in TaskID.new() }
        self = zip(ids, planned).enumerated().map { index, element in
            let (id, given) = element
            var task = WorkTask.pending(id: id, title: given.title, position: index + 1)
            task.description = given.description
            task.isMandatory = given.isMandatory
            task.dependsOn = given.after.map { ids[$0 - 1] }
            task.check = given.check
            task.opensFollowUp = given.opensFollowUp
            return task
        }
    }
}

extension WorkTask {
    /// Tasks that one task can wait for.
    static let maximumDependencies = 20
    static let maximumTitle = 200
    /// Characters (Unicode scalars) in a task's description.
    static let maximumDescription = 2000

    static let titleRule = Rule.line(1...maximumTitle).means("What to do, in one line").example("Replace the fan")
    static let descriptionRule = Rule.text(0...maximumDescription).means("How it is done")
    static let mandatoryRule = Rule.means(
        "Whether only somebody who may verify the work can skip it; by default it is not"
    )
    static let checkRule = Rule.means("What is asked for when it is done")
    static let followUpRule = Rule.means(
        "Whether an answer that fails opens a work order of its own; of a task with a check, it does by default"
    )
}

extension FieldRule {
    fileprivate static let notEarlier = FieldRule(
        code: "not_an_earlier_task",
        "must have only numbers of earlier tasks"
    )
    static let needsCheck = FieldRule.goesWith("check", "can only be given together with a check")
}
