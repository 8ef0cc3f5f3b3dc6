import Access
import Commands
import EventSchema
import Foundation
import Identifiers

/// A change of an existing work order, made over HTTP or offline.
enum Command: Sendable {
    case change(ChangeWorkOrder)
    case move(Transition, MoveWorkOrder)
    case addTask(TaskID, AddTask)
    case changeTask(TaskID, ChangeTask)
    case removeTask(TaskID)

    /// The kind of change that a device can make offline, without its values.
    enum Kind: CaseIterable, Sendable {
        case change
        case move
        case addTask
        case changeTask

        /// One of these is needed before a command is read.
        var permissions: [Permission] {
            switch self {
            case .change: [.workOrderUpdate, .workOrderAssign, .workOrderReschedule]
            case .addTask, .changeTask: [.workOrderUpdate]
            case .move: Set(Transition.allCases.map(\.permission)).sorted { $0.rawValue < $1.rawValue }
            }
        }
    }

    /// The permissions that it needs.
    var permissions: [Permission] {
        switch self {
        case .change(let change): change.permissions
        case .move(let transition, _): [transition.permission]
        case .addTask, .changeTask, .removeTask: [.workOrderUpdate]
        }
    }

    /// Whether it meets a condition of a grant; `nil` when that depends on the work order.
    func meets(_ condition: GrantCondition) -> Bool? {
        switch (condition, self) {
        case (.assignedLimited, .addTask): true
        case (.assignedLimited, .changeTask(_, let change)): !change.isDefinition
        case (.draftOnly, _), (.limitedAmount, _): nil
        default: false
        }
    }

    /// Whom it gives the work to; `nil` if it concerns neither who does the work nor when.
    var planning: Planning? {
        switch self {
        case .change(let change):
            change.isPlan ? Planning(assignee: change.assignedTo.value ?? nil, crew: change.crewId.value ?? nil) : nil
        case .move(.assign, let move): Planning(assignee: move.assignedTo, crew: move.crewId)
        case .move(.schedule, _), .move(.start, _), .move(.resume, _): Planning()
        default: nil
        }
    }

    /// The task that it answers.
    var answered: TaskID? {
        if case .changeTask(let id, let change) = self, change.answer != .keep { id } else { nil }
    }

    /// The version that the caller has seen.
    var version: Int64? {
        switch self {
        case .change(let change): change.version
        case .move(_, let move): move.version
        case .addTask, .changeTask, .removeTask: nil
        }
    }

    /// Decides the command; `nil` when there is nothing to change.
    ///
    /// - Parameter seen: The version that the caller has seen, if the command itself has none.
    func decide(_ order: WorkOrder, seen: Int64? = nil, _ terms: Terms, by user: UserID?) throws(Refusal) -> Decision? {
        try order.requireVersion(seen)
        return switch self {
        case .change(let change):
            try order.updated(change, by: user, at: terms.now, under: terms.rules, terms.facts.workforce)
        case .move(let transition, let move): try order.moved(transition, move, terms)
        case .addTask(let id, let task): try order.adding(task, as: id, terms)
        case .changeTask(let id, let change): try order.changing(id, change, terms)
        case .removeTask(let id): try order.removing(id, terms)
        }
    }
}

/// Whom a command gives work to, if it does: an active user of the tenant, and a crew of the site.
struct Planning: Hashable, Sendable {
    var assignee: UserID?
    var crew: CrewID?
}

extension ChangeWorkOrder {
    /// Whether it concerns who does the work, or when.
    fileprivate var isPlan: Bool {
        [assignedTo != .keep, crewId != .keep, requiredSkills != .keep, scheduledStart != .keep, scheduledEnd != .keep]
            .contains(true)
    }

    /// Who does the work, and when, have permissions of their own.
    fileprivate var permissions: [Permission] {
        var needed: [Permission] = []
        if assignedTo != .keep || crewId != .keep { needed.append(.workOrderAssign) }
        if scheduledStart != .keep || scheduledEnd != .keep { needed.append(.workOrderReschedule) }
        let isMore = [title != .keep, description != .keep, type != .keep, priority != .keep]
        let isRequirement = requiredSkills != .keep || requiredPermits != .keep
        if needed.isEmpty || isMore.contains(true) || isRequirement { needed.append(.workOrderUpdate) }
        return needed
    }
}

extension Transition {
    /// The permission to make the move.
    var permission: Permission {
        switch self {
        case .submit: .workOrderUpdate
        case .approve, .reject: .workOrderApprove
        case .schedule: .workOrderSchedule
        case .unschedule: .workOrderReschedule
        case .assign: .workOrderAssign
        case .start, .pause, .resume, .complete: .workOrderExecute
        case .verify, .reopen: .workOrderVerify
        case .close: .workOrderClose
        case .cancel: .workOrderCancel
        }
    }
}
