import Commands
import EventSchema
import Foundation
import Identifiers

extension WorkOrder {
    /// Moves the work order, or throws the reason why it can't move.
    ///
    /// Guards, each with its own code: work needs an assignee (`start`, `resume`), a schedule needs a start before its end, and a
    /// work order with pending tasks can't be completed.
    ///
    /// - Parameter user: The user who moves it; `nil` when the move follows from another event.
    func moved(
        _ transition: Transition,
        _ move: MoveWorkOrder = MoveWorkOrder(),
        by user: UserID?,
        at now: Date
    ) throws(Refusal) -> Decision {
        try requireVersion(move.version)
        guard let target = Transition.table[status]?[transition] else {
            throw .illegalTransition(transition, from: status)
        }
        try guardMove(transition, move)
        let changed = next(at: now) { order in
            order.status = target
            switch transition {
            case .schedule:
                order.scheduledStart = move.scheduledStart
                move.scheduledEnd.apply(to: &order.scheduledEnd)
            case .unschedule:
                order.scheduledStart = nil
                order.scheduledEnd = nil
            case .start:
                order.actualStart = order.actualStart ?? now
            case .complete:
                order.actualEnd = now
            case .submit, .pause, .resume, .cancel:
                break
            }
        }
        return Decision(
            workOrder: changed,
            fact: WorkOrderStateChanged(changed, from: status, by: transition, because: move.reason, of: user),
            action: "WORKORDER_STATE_CHANGED",
            move: .init(from: status, to: target, transition: transition.rawValue, reason: move.reason)
        )
    }

    private func guardMove(_ transition: Transition, _ move: MoveWorkOrder) throws(Refusal) {
        switch transition {
        case .start, .resume:
            if assignedTo == nil { throw .notAssigned }
        case .schedule:
            guard let start = move.scheduledStart else { throw .scheduleMissing }
            if let end = move.scheduledEnd.value ?? scheduledEnd, end <= start { throw .scheduleReversed }
        case .complete:
            let pending = tasks.filter { $0.status == .pending }
            if !pending.isEmpty { throw .tasksPending(pending.map(\.title)) }
        case .submit, .unschedule, .pause, .cancel:
            break
        }
    }
}
