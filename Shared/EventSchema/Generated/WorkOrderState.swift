// Made by `make events` from Schemas/workorder.state.v6.avsc: edit that instead.

public import Foundation
public import Identifiers

/// The state of one work order, whole: published with every change. A work order that is closed stays.
public struct WorkOrderState: Event {
    public static let name = "workorder.state.v6"
    public static let topic = Topic.workOrderState

    public var id: WorkOrderID
    public var tenant: TenantID
    /// The number that people use, `WO-<year>-<six digits>`, counted per tenant and year.
    public var number: String
    public var title: String
    public var description: String?
    public var type: WorkOrderType
    public var priority: WorkOrderPriority
    public var status: WorkOrderStatus
    /// `nil` in what was written before there were phases.
    public var phase: WorkOrderPhase?
    public var site: SiteID
    public var asset: AssetID
    public var assignedTo: UserID?
    /// The crew that it is given to.
    public var crew: CrewID?
    /// Who is in that crew: each of them may do the work.
    public var crewMembers: [UserID]
    /// Who has done the work so far: none of them verifies it.
    public var workedBy: [UserID]
    /// What whoever does the work must be qualified to do, in the tenant's words.
    public var requiredSkills: [String]
    /// The kinds of permits to work that must be in force while it is done.
    public var requiredPermits: [PermitType]
    public var scheduledStart: Date?
    public var scheduledEnd: Date?
    /// When work began for the first time.
    public var actualStart: Date?
    /// When the work order was completed.
    public var actualEnd: Date?
    public var origin: WorkOrderOrigin
    /// The alert's or prediction's id, when it did not come from a person; of a follow-up, the ids of the work order
    /// and the task, `<work order>/<task>`.
    public var originID: String?
    /// Whether what the alert or the prediction said was so; `nil` until somebody has said so.
    public var verdict: OriginVerdict?
    /// Why the asset failed, as a code of the tenant's.
    public var cause: String?
    /// What whoever does the work must beware of.
    public var safetyNotes: String?
    /// What was done.
    public var completionNotes: String?
    /// Why it came to this, in words.
    public var rootCause: String?
    /// What keeps it from happening again.
    public var preventiveActions: String?
    /// The template that it was made from.
    public var template: WorkTemplateID?
    /// The version of that template, which stays when the template changes.
    public var templateVersion: Int64?
    public var tasks: [TaskState]
    public var createdAt: Date
    /// `nil` when an alert or a prediction asked for it.
    public var createdBy: UserID?
    public var updatedAt: Date
    /// Counts the work order's changes; the version that `If-Match` and the mobile sync compare.
    public var version: Int64

    public var key: String { id.description }

    public init(
        id: WorkOrderID,
        tenant: TenantID,
        number: String,
        title: String,
        description: String?,
        type: WorkOrderType,
        priority: WorkOrderPriority,
        status: WorkOrderStatus,
        phase: WorkOrderPhase?,
        site: SiteID,
        asset: AssetID,
        assignedTo: UserID?,
        crew: CrewID? = nil,
        crewMembers: [UserID] = [],
        workedBy: [UserID],
        requiredSkills: [String],
        requiredPermits: [PermitType] = [],
        scheduledStart: Date?,
        scheduledEnd: Date?,
        actualStart: Date?,
        actualEnd: Date?,
        origin: WorkOrderOrigin,
        originID: String?,
        verdict: OriginVerdict? = nil,
        cause: String? = nil,
        safetyNotes: String? = nil,
        completionNotes: String? = nil,
        rootCause: String? = nil,
        preventiveActions: String? = nil,
        template: WorkTemplateID? = nil,
        templateVersion: Int64? = nil,
        tasks: [TaskState],
        createdAt: Date,
        createdBy: UserID?,
        updatedAt: Date,
        version: Int64
    ) {
        self.id = id
        self.tenant = tenant
        self.number = number
        self.title = title
        self.description = description
        self.type = type
        self.priority = priority
        self.status = status
        self.phase = phase
        self.site = site
        self.asset = asset
        self.assignedTo = assignedTo
        self.crew = crew
        self.crewMembers = crewMembers
        self.workedBy = workedBy
        self.requiredSkills = requiredSkills
        self.requiredPermits = requiredPermits
        self.scheduledStart = scheduledStart
        self.scheduledEnd = scheduledEnd
        self.actualStart = actualStart
        self.actualEnd = actualEnd
        self.origin = origin
        self.originID = originID
        self.verdict = verdict
        self.cause = cause
        self.safetyNotes = safetyNotes
        self.completionNotes = completionNotes
        self.rootCause = rootCause
        self.preventiveActions = preventiveActions
        self.template = template
        self.templateVersion = templateVersion
        self.tasks = tasks
        self.createdAt = createdAt
        self.createdBy = createdBy
        self.updatedAt = updatedAt
        self.version = version
    }
}
