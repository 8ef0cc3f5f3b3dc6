import EventSchema
import Foundation
import Identifiers

/// What somebody who moves a work order says with it.
struct TransitionRequest: Hashable, Sendable {
    var transition: Transition
    var reason: String?
    var scheduledStart: Date?
    var scheduledEnd: Date?
    /// The version that the caller saw; `nil` moves whatever is there.
    var expectedVersion: Int64?
}

extension WorkOrder {
    /// Moves the work order, or says why it can't move.
    ///
    /// Guards, each with a code of its own: work needs somebody who does it (`start`, `resume`), a schedule needs a start
    /// before its end, and what still has pending tasks is not complete.
    func moved(_ request: TransitionRequest, by user: UserID, at now: Date) throws(Refusal) -> Decision {
        try requireVersion(request.expectedVersion)
        let transition = request.transition
        guard let target = Transition.table[status]?[transition] else {
            throw .illegalTransition(transition, from: status)
        }
        try guardMove(request)
        let changed = next(at: now) { order in
            order.status = target
            switch transition {
            case .schedule:
                order.scheduledStart = request.scheduledStart
                order.scheduledEnd = request.scheduledEnd
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
        let event = WorkOrderStateChanged(
            workOrder: changed,
            from: status,
            to: target,
            transition: transition.rawValue,
            reason: request.reason,
            by: user,
            at: now
        )
        return Decision(
            workOrder: changed,
            events: [event],
            action: "WORKORDER_STATE_CHANGED",
            move: .init(from: status, to: target, transition: transition.rawValue, reason: request.reason)
        )
    }

    private func guardMove(_ request: TransitionRequest) throws(Refusal) {
        switch request.transition {
        case .start, .resume:
            if assignedTo == nil { throw .notAssigned }
        case .schedule:
            guard let start = request.scheduledStart else { throw .scheduleMissing }
            if let end = request.scheduledEnd, end <= start { throw .scheduleReversed }
        case .complete:
            let pending = tasks.filter { $0.status == .pending }
            if !pending.isEmpty { throw .tasksPending(pending.map(\.title)) }
        case .submit, .unschedule, .pause, .cancel:
            break
        }
    }
}
