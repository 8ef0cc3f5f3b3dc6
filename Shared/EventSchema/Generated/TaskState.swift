// Made by `make events` from Schemas/workorder.state.v6.avsc: edit that instead.

public import Foundation
public import Identifiers

/// A task of a work order.
public struct TaskState: Codable, Hashable, Sendable {
    public var id: TaskID
    public var title: String
    /// 1 for the first task to do.
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
    public var check: TaskCheck?
    /// Whether an answer that fails opens a work order.
    public var opensFollowUp: Bool
    public var answer: TaskAnswer?
    /// `nil` as long as there is no answer, and where no answer fails.
    public var outcome: TaskOutcome?
    /// The work order that its failure has opened.
    public var followUp: WorkOrderID?

    public init(
        id: TaskID,
        title: String,
        position: Int,
        status: TaskStatus,
        completedAt: Date?,
        completedBy: UserID?,
        notes: String?,
        description: String? = nil,
        isMandatory: Bool = false,
        dependsOn: [TaskID] = [],
        check: TaskCheck? = nil,
        opensFollowUp: Bool = false,
        answer: TaskAnswer? = nil,
        outcome: TaskOutcome? = nil,
        followUp: WorkOrderID? = nil
    ) {
        self.id = id
        self.title = title
        self.position = position
        self.status = status
        self.completedAt = completedAt
        self.completedBy = completedBy
        self.notes = notes
        self.description = description
        self.isMandatory = isMandatory
        self.dependsOn = dependsOn
        self.check = check
        self.opensFollowUp = opensFollowUp
        self.answer = answer
        self.outcome = outcome
        self.followUp = followUp
    }
}
