import Access
import EventSchema
import Foundation
import Identifiers

/// A work order as this service decides on it. What is published about it is in `WorkOrder+Events.swift`.
struct WorkOrder: Codable, Hashable, Sendable {
    var id: WorkOrderID
    var tenant: TenantID
    /// The number that people use.
    var number: String
    var title: String
    var description: String?
    var type: WorkOrderType
    var priority: WorkOrderPriority
    var status: WorkOrderStatus
    /// What it still waits for within that status; see ``phase``.
    var awaits: Awaiting?
    var site: SiteID
    var asset: AssetID
    var assignedTo: UserID?
    /// The crew that it is given to.
    var crew: CrewID?
    /// Who is in that crew: each of them may do the work.
    var crewMembers: [UserID] = []
    /// What whoever does the work must be qualified to do.
    var requiredSkills: [String] = []
    /// The kinds of permits to work that must be in force while it is done.
    var requiredPermits: [PermitType] = []
    /// Who has submitted it last.
    var submittedBy: UserID?
    /// Who has done the work so far.
    var workedBy: [UserID] = []
    var scheduledStart: Date?
    var scheduledEnd: Date?
    /// When work began for the first time.
    var actualStart: Date?
    var actualEnd: Date?
    var origin: WorkOrderOrigin
    /// The id of the alert or prediction that requested it; of a follow-up, the ids of the work order and the task, `<work order>/<task>`.
    var originID: String?
    /// Whether what the alert or the prediction said was so; `nil` until somebody has said so.
    var verdict: OriginVerdict?
    /// Why the asset failed, as a code of the tenant's.
    var cause: String?
    /// What whoever does the work must beware of.
    var safetyNotes: String?
    /// What was done.
    var completionNotes: String?
    /// Why it came to this, in words.
    var rootCause: String?
    /// What keeps it from happening again.
    var preventiveActions: String?
    /// When it went into the archive: nothing of it changes any more.
    var archivedAt: Date?
    /// What it was made from, and which version of that: it stays as it was made.
    var template: WorkTemplateID?
    var templateVersion: Int64?
    var tasks: [WorkTask]
    var createdAt: Date
    /// `nil` if an alert or a prediction requested it.
    var createdBy: UserID?
    var updatedAt: Date
    /// Counts the changes.
    var version: Int64
}

/// A step of a work order.
struct WorkTask: Codable, Hashable, Sendable {
    var id: TaskID
    var title: String
    /// 1 for the first task to do.
    var position: Int
    var status: TaskStatus
    var completedAt: Date?
    var completedBy: UserID?
    var notes: String?
    var description: String?
    /// Whether only somebody who may verify the work can skip it.
    var isMandatory = false
    /// Earlier tasks, which must be finished before it.
    var dependsOn: [TaskID] = []
    /// What is asked for when it is done.
    var check: TaskCheck?
    var opensFollowUp = false
    /// Only of a task that is completed.
    var answer: TaskAnswer?
    /// `nil` as long as there is no answer, and where no answer fails.
    var outcome: TaskOutcome?
    /// The work order that its failure has opened. It stays, also if the task is done again: a task opens one.
    var followUp: WorkOrderID?

    static func pending(id: TaskID, title: String, position: Int) -> WorkTask {
        WorkTask(id: id, title: title, position: position, status: .pending)
    }
}

/// The result of a decision, to be written: the new work order, and the fact to publish.
struct Decision: Sendable {
    var workOrder: WorkOrder
    /// What happened. The new state is published with every decision, whatever the fact is.
    var fact: any Event
    /// The action in the audit log.
    var action: String
    /// The move for the history, if the decision is one.
    var move: Move?
    /// A work order to open with it.
    var opens: FollowUp?

    struct Move: Hashable, Sendable {
        var from: WorkOrderPhase?
        var to: WorkOrderPhase
        var transition: String
        var reason: String?
        var holdReason: HoldReason?
        /// When it was given, if that was earlier, on a device.
        var given: Date?
    }

    /// A work order that a task's failure opens.
    struct FollowUp: Sendable {
        var id: WorkOrderID
        var task: WorkTask
    }
}

extension WorkOrder {
    // A work order is published as a whole: these limits keep it smaller than the log's largest record.
    static let maximumTasks = 100
    /// What the texts of all tasks may have together; see ``WorkTask/size``. All titles and notes have room at their full length, or fewer of
    /// them with long descriptions and answers.
    static let maximumTaskBytes = 880_000
    static let maximumTitle = 200
    static let maximumDescription = 10_000
    /// Characters (Unicode scalars) in notes: a task's, and the work order's own.
    static let maximumNotes = 2000
    static let maximumCause = 64

    /// Whether it is over for good: nothing of it can be changed then.
    var isClosed: Bool { phase == .closed || phase == .cancelled }

    /// The next version of the work order, changed by `change`.
    func next(at now: Date, _ change: (inout WorkOrder) -> Void) -> WorkOrder {
        var next = self
        change(&next)
        next.version += 1
        next.updatedAt = now
        return next
    }

    /// Refuses a change that was made against an older version than this one.
    func requireVersion(_ expected: Int64?) throws(Refusal) {
        guard let expected, expected != version else { return }
        throw .stale(current: version)
    }
}
