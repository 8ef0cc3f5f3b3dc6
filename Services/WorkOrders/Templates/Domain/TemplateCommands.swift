import Commands
import EventSchema
import Foundation
import Identifiers

/// What is in a template.
struct TemplateFields: Input {
    var name: String
    var description: String?
    var type: WorkOrderType
    var priority: WorkOrderPriority
    var requiredSkills: [String]?
    var requiredPermits: [PermitType]?
    var estimatedMinutes: Int?
    var tasks: [NewTask]?

    /// Up to 60 days.
    static let minutes: ClosedRange<Int64> = 1...60 * 24 * 60

    static let rules: Rules = [
        "name": .line(1...WorkOrder.maximumTitle).means(
            "What the work is, in one line: the title of the work orders that are made from it"
        ).example("Yearly service of an inverter"),
        "description": WorkOrder.descriptionRule,
        "requiredSkills": WorkOrder.skillsRule,
        "requiredPermits": WorkOrder.permitsRule,
        "estimatedMinutes": .whole(minutes).means("How long the work takes"),
        "tasks": .items(0...WorkOrder.maximumTasks).means("The steps, in the order of the work"),
    ]

    func check(_ errors: inout FieldErrors) { NewTask.check(tasks ?? [], &errors) }

    var content: TemplateContent {
        TemplateContent(
            name: name,
            description: description,
            type: type,
            priority: priority,
            requiredSkills: requiredSkills ?? [],
            requiredPermits: (requiredPermits ?? []).withoutRepetitions,
            estimatedMinutes: estimatedMinutes,
            tasks: (tasks ?? []).map(PlannedTask.init)
        )
    }
}

/// Creates a template, for one site or for all of them. What is given wins over what a work order says.
struct CreateTemplate: Input {
    var fromWorkOrder: WorkOrderID?
    var siteId: SiteID?
    var name: String?
    var description: String?
    var type: WorkOrderType?
    var priority: WorkOrderPriority?
    var requiredSkills: [String]?
    var requiredPermits: [PermitType]?
    var estimatedMinutes: Int?
    var tasks: [NewTask]?

    static let rules: Rules = TemplateFields.rules.merging([
        "fromWorkOrder": .means(
            "A work order that has the tasks and all else that is left out here; needs the permission `workorder:read`. Without one, name, type and priority are required"
        ),
        "siteId": .means("The site that it is for; without it, for all sites, which needs the permission everywhere"),
    ]) { $1 }

    func check(_ errors: inout FieldErrors) {
        NewTask.check(tasks ?? [], &errors)
        guard fromWorkOrder == nil else { return }
        for (name, isGiven) in [("name", name != nil), ("type", type != nil), ("priority", priority != nil)] {
            errors.require(isGiven, name, .required)
        }
    }

    /// - Parameter order: The work order that it names.
    func content(of order: WorkOrder?) throws(TemplateRefusal) -> TemplateContent {
        guard let name = name ?? order?.title, let type = type ?? order?.type,
            let priority = priority ?? order?.priority
        else { throw .unknownOrder }
        return TemplateContent(
            name: name,
            description: description ?? order?.description,
            type: type,
            priority: priority,
            requiredSkills: requiredSkills ?? order?.requiredSkills ?? [],
            requiredPermits: (requiredPermits ?? order?.requiredPermits ?? []).withoutRepetitions,
            estimatedMinutes: estimatedMinutes ?? order?.plannedMinutes,
            tasks: tasks?.map(PlannedTask.init) ?? order.map { [PlannedTask](tasksOf: $0) } ?? []
        )
    }
}

/// Writes the next version of a template. What is left out is not in it any more.
struct ReplaceTemplate: Input {
    let fields: TemplateFields
    /// The version that the caller has seen; `nil` replaces any version.
    let version: Int64?

    private enum CodingKeys: CodingKey { case version }

    init(from decoder: any Decoder) throws {
        fields = try TemplateFields(from: decoder)
        version = try decoder.container(keyedBy: CodingKeys.self).decodeIfPresent(Int64.self, forKey: .version)
    }

    static let rules: Rules = TemplateFields.rules.merging(["version": WorkOrder.versionRule]) { $1 }

    func check(_ errors: inout FieldErrors) { fields.check(&errors) }
}

/// Which templates are listed.
struct TemplateFilter: Input {
    var q: String?
    var siteId: SiteID?
    var isArchived: Bool?

    static let rules: Rules = [
        "q": .line(1...100).means("Words that its name has in it, also as parts of longer words").example("inverter"),
        "siteId": .means("Only those that can be used at this site: its own, and those of all sites"),
        "isArchived": .means("true: only those that are archived; by default, only those that are not"),
    ]
}

extension [PlannedTask] {
    /// What a work order's tasks ask for, without what was done.
    fileprivate init(tasksOf order: WorkOrder) {
        let tasks = order.tasks.sorted { $0.position < $1.position }
        let numbers = Dictionary(tasks.enumerated().map { ($1.id, $0 + 1) }) { first, _ in first }
        self = tasks.map { task in
            PlannedTask(
                title: task.title,
                description: task.description,
                isMandatory: task.isMandatory,
                after: task.dependsOn.compactMap { numbers[$0] }.sorted(),
                check: task.check,
                opensFollowUp: task.opensFollowUp
            )
        }
    }
}

extension WorkOrder {
    fileprivate var plannedMinutes: Int? {
        guard let scheduledStart, let scheduledEnd else { return nil }
        let minutes = Int(scheduledEnd.timeIntervalSince(scheduledStart) / 60)
        return TemplateFields.minutes.contains(Int64(minutes)) ? minutes : nil
    }
}
