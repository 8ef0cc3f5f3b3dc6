import Access
import Commands
import EventSchema
import Foundation
import Identifiers

/// A change of an existing work order, from HTTP or from a device.
enum Command: Sendable {
    case change(ChangeWorkOrder)
    case move(Transition, MoveWorkOrder)
    case addTask(TaskID, AddTask)
    case finishTask(TaskID, FinishTask)

    /// The kind of a command, without its details.
    enum Kind: CaseIterable, Sendable {
        case change
        case move
        case addTask
        case finishTask

        /// The permission that is required before the command is read.
        var permission: Permission {
            switch self {
            case .change, .addTask, .finishTask: .workOrderUpdate
            case .move: .workOrderTransition
            }
        }
    }

    var kind: Kind {
        switch self {
        case .change: .change
        case .move: .move
        case .addTask: .addTask
        case .finishTask: .finishTask
        }
    }

    /// All permissions that the command requires.
    var permissions: [Permission] {
        guard case .change(let change) = self, change.assignedTo != .keep else { return [kind.permission] }
        return [kind.permission, .workOrderAssign]
    }

    /// The user to assign the work to: an active user of the tenant.
    var assignee: UserID? {
        if case .change(let change) = self { change.assignedTo.value ?? nil } else { nil }
    }

    /// The version that the caller saw.
    var version: Int64? {
        switch self {
        case .change(let change): change.version
        case .move(_, let move): move.version
        case .addTask, .finishTask: nil
        }
    }

    /// Decides the command; `nil` when there is nothing to change.
    ///
    /// - Parameter seen: The version that the caller saw, where the command itself carries none.
    func decide(_ order: WorkOrder, seen: Int64? = nil, by user: UserID, at now: Date) throws(Refusal) -> Decision? {
        try order.requireVersion(seen)
        return switch self {
        case .change(let change): try order.updated(change, by: user, at: now)
        case .move(let transition, let move): try order.moved(transition, move, by: user, at: now)
        case .addTask(let id, let task): try order.updated(.add(id, title: task.title), by: user, at: now)
        case .finishTask(let id, let task):
            try order.updated(.finish(id, as: task.status, notes: task.notes), by: user, at: now)
        }
    }
}
