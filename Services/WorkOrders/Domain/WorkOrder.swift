import EventSchema
import Foundation
import Identifiers

/// A work order in this service is the very value that its events carry: one mapping less, and a replica misses nothing.
typealias WorkOrder = WorkOrderSnapshot

/// What a decision wants written: the work order as it is now, and the facts to tell others.
struct Decision: Sendable {
    var workOrder: WorkOrder
    var events: [any Event]
    /// What the audit log says was done.
    var action: String
    /// The move that the history keeps, when the decision is one.
    var move: Move?

    struct Move: Hashable, Sendable {
        var from: WorkOrderStatus?
        var to: WorkOrderStatus
        var transition: String
        var reason: String?
    }
}

extension WorkOrder {
    // A work order travels whole in each of its events: these bounds keep it below what the log takes.
    static let maximumTasks = 100
    static let maximumTitle = 200
    static let maximumDescription = 10_000
    /// Characters (Unicode scalars) in a task's notes.
    static let maximumNotes = 2000

    /// Whether nobody works on it any more; its fields are then frozen.
    var isClosed: Bool {
        status == .completed || status == .cancelled
    }

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
