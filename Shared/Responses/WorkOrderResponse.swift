public import Commands
public import EventSchema
public import Foundation
public import Identifiers
public import ServiceKit

/// A work order as clients see it: in an answer of its owner, and in what a device pulls.
public struct WorkOrderResponse: Answer, Codable, Versioned {
    public var id: WorkOrderID
    public var number: String
    public var title: String
    public var description: String?
    public var type: WorkOrderType
    public var priority: WorkOrderPriority
    public var status: WorkOrderStatus
    /// Where it stands within its status.
    public var phase: WorkOrderPhase
    public var allowedTransitions: [String]
    /// What can be changed now.
    public var openFields: [String]
    public var siteId: SiteID
    public var assetId: AssetID
    public var assignedTo: UserID?
    /// The crew that it is given to.
    public var crewId: CrewID?
    /// Who is in that crew: each of them may do the work.
    public var crewMembers: [UserID]
    /// Who has done the work so far: none of them verifies it.
    public var workedBy: [UserID]
    /// What whoever does the work must be qualified to do.
    public var requiredSkills: [String]
    /// The kinds of permits to work that must be in force while it is done.
    public var requiredPermits: [PermitType]
    public var scheduledStart: Date?
    public var scheduledEnd: Date?
    public var actualStart: Date?
    public var actualEnd: Date?
    public var origin: WorkOrderOrigin
    /// The alert's or the prediction's id; of a follow-up, the ids of the work order and the task, `<work order>/<task>`.
    public var originId: String?
    /// Whether what the alert or the prediction said was so; absent until somebody has said so.
    public var verdict: OriginVerdict?
    /// Why the asset failed, as a code of the organization's.
    public var cause: String?
    /// What whoever does the work must beware of.
    public var safetyNotes: String?
    /// What was done.
    public var completionNotes: String?
    /// Why it came to this, in words.
    public var rootCause: String?
    /// What keeps it from happening again.
    public var preventiveActions: String?
    /// What it was made from.
    public var templateId: WorkTemplateID?
    /// The version of that template: the work order stays as it was made.
    public var templateVersion: Int64?
    public var tasks: [TaskResponse]
    /// How it keeps to its service level; absent where no level promises anything, and in what a device pulls.
    public var serviceLevel: ServiceLevelResponse?
    /// When it went into the archive; absent while it is not there, and in what a device pulls. Nothing of it changes any more.
    public var archivedAt: Date?
    public var createdAt: Date
    public var createdBy: UserID?
    public var updatedAt: Date
    public var version: Int64

    public init(_ order: WorkOrderState, serviceLevel: ServiceLevelResponse? = nil, archivedAt: Date? = nil) {
        self.serviceLevel = serviceLevel
        self.archivedAt = archivedAt
        id = order.id
        number = order.number
        title = order.title
        description = order.description
        type = order.type
        priority = order.priority
        status = order.status
        phase = order.currentPhase
        allowedTransitions = Transition.allowed(from: phase).map(\.rawValue)
        openFields = archivedAt != nil ? [] : WorkOrderField.open(in: phase).map(\.rawValue)
        siteId = order.site
        assetId = order.asset
        assignedTo = order.assignedTo
        crewId = order.crew
        crewMembers = order.crewMembers
        workedBy = order.workedBy
        requiredSkills = order.requiredSkills
        requiredPermits = order.requiredPermits
        scheduledStart = order.scheduledStart
        scheduledEnd = order.scheduledEnd
        actualStart = order.actualStart
        actualEnd = order.actualEnd
        origin = order.origin
        originId = order.originID
        verdict = order.verdict
        cause = order.cause
        safetyNotes = order.safetyNotes
        completionNotes = order.completionNotes
        rootCause = order.rootCause
        preventiveActions = order.preventiveActions
        templateId = order.template
        templateVersion = order.templateVersion
        tasks = order.tasks.map(TaskResponse.init)
        createdAt = order.createdAt
        createdBy = order.createdBy
        updatedAt = order.updatedAt
        version = order.version
    }
}

/// A task as clients see it.
public struct TaskResponse: Codable, Sendable {
    public var id: TaskID
    public var title: String
    public var position: Int
    public var status: TaskStatus
    public var completedAt: Date?
    public var completedBy: UserID?
    public var notes: String?
    public var description: String?
    /// Whether only somebody who may verify the work can skip it.
    public var isMandatory: Bool
    /// Earlier tasks, which must be finished before it.
    public var dependsOn: [TaskID]
    /// What is asked for when it is done.
    public var check: TaskCheck?
    /// Whether an answer that fails opens a work order.
    public var opensFollowUp: Bool
    public var answer: TaskAnswer?
    /// What the answer says; absent where no answer fails.
    public var outcome: TaskOutcome?
    /// The work order that its failure has opened.
    public var followUp: WorkOrderID?

    public init(_ task: TaskState) {
        id = task.id
        title = task.title
        position = task.position
        status = task.status
        completedAt = task.completedAt
        completedBy = task.completedBy
        notes = task.notes
        description = task.description
        isMandatory = task.isMandatory
        dependsOn = task.dependsOn
        check = task.check
        opensFollowUp = task.opensFollowUp
        answer = task.answer
        outcome = task.outcome
        followUp = task.followUp
    }
}

extension WorkOrderResponse: JSONWritable {
    public func write(to json: inout JSONText) throws {
        json.begin()
        json.member("id", id)
        json.member("number", number)
        json.member("title", title)
        json.member("description", description)
        try json.member("type", type)
        try json.member("priority", priority)
        try json.member("status", status)
        try json.member("phase", phase)
        json.member("allowedTransitions", allowedTransitions)
        json.member("openFields", openFields)
        json.member("siteId", siteId)
        json.member("assetId", assetId)
        json.member("assignedTo", assignedTo)
        json.member("crewId", crewId)
        json.member("crewMembers", crewMembers.map(\.description))
        json.member("workedBy", workedBy.map(\.description))
        json.member("requiredSkills", requiredSkills)
        json.member("requiredPermits", requiredPermits.map(\.rawValue))
        json.member("scheduledStart", scheduledStart)
        json.member("scheduledEnd", scheduledEnd)
        json.member("actualStart", actualStart)
        json.member("actualEnd", actualEnd)
        try json.member("origin", origin)
        json.member("originId", originId)
        try json.member("verdict", verdict)
        json.member("cause", cause)
        json.member("safetyNotes", safetyNotes)
        json.member("completionNotes", completionNotes)
        json.member("rootCause", rootCause)
        json.member("preventiveActions", preventiveActions)
        json.member("templateId", templateId)
        json.member("templateVersion", templateVersion)
        try json.member("tasks", tasks)
        try json.member("serviceLevel", serviceLevel)
        json.member("archivedAt", archivedAt)
        json.member("createdAt", createdAt)
        json.member("createdBy", createdBy)
        json.member("updatedAt", updatedAt)
        json.member("version", version)
        json.end()
    }
}

extension TaskResponse: JSONWritable {
    public func write(to json: inout JSONText) throws {
        json.begin()
        json.member("id", id)
        json.member("title", title)
        json.member("position", position)
        try json.member("status", status)
        json.member("completedAt", completedAt)
        json.member("completedBy", completedBy)
        json.member("notes", notes)
        json.member("description", description)
        json.member("isMandatory", isMandatory)
        json.member("dependsOn", dependsOn.map(\.description))
        try json.member("check", check)
        json.member("opensFollowUp", opensFollowUp)
        try json.member("answer", answer)
        try json.member("outcome", outcome)
        json.member("followUp", followUp)
        json.end()
    }
}

extension TaskCheck: JSONWritable {
    public func write(to json: inout JSONText) throws {
        json.begin()
        try json.member("kind", kind)
        json.member("passes", passes)
        json.member("options", options)
        json.member("failing", failing)
        json.member("unit", unit)
        json.member("minimum", minimum)
        json.member("maximum", maximum)
        json.member("meter", meter)
        json.end()
    }
}

extension TaskAnswer: JSONWritable {
    public func write(to json: inout JSONText) {
        json.begin()
        json.member("yes", yes)
        json.member("choice", choice)
        json.member("number", number)
        json.member("text", text)
        json.member("isReset", isReset)
        json.member("attachment", attachment)
        json.end()
    }
}
