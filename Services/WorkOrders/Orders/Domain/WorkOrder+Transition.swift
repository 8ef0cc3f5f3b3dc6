import Commands
import EventSchema
import Foundation
import Identifiers

extension WorkOrder {
    /// Moves the work order to another phase, or throws the reason why it can't: ``Transition/table`` says which moves there are, and
    /// ``Guard/table`` what each of them needs.
    func moved(
        _ transition: Transition,
        _ move: MoveWorkOrder = MoveWorkOrder(),
        _ terms: Terms
    ) throws(Refusal) -> Decision {
        try requireVersion(move.version)
        guard let target = Transition.table[phase]?[transition] else {
            throw .illegalTransition(transition, from: phase)
        }
        for needed in Guard.table[transition] ?? [] { try needed.check(self, move, terms) }
        let changed = next(at: terms.now) { order in
            order.note(transition, move, terms)
            order.enter(terms.policy.settled(target, order, terms.facts.estimate))
        }
        for needed in Guard.table[transition] ?? [] { try needed.check(after: changed, transition, terms) }
        try changed.requireOriginOfVerdict()
        // Of other moves it says nothing.
        let holdReason = transition == .pause ? move.holdReason : nil
        return Decision(
            workOrder: changed,
            fact: WorkOrderStateChanged(changed, from: self, by: transition, move.reason, holdReason, of: terms.user),
            action: "WORKORDER_STATE_CHANGED",
            move: .init(
                from: phase,
                to: changed.phase,
                transition: transition.rawValue,
                reason: move.reason,
                holdReason: holdReason,
                given: terms.given
            )
        )
    }

    /// What is kept of a move beside the phase.
    private mutating func note(_ transition: Transition, _ move: MoveWorkOrder, _ terms: Terms) {
        switch transition {
        case .submit:
            submittedBy = terms.user
        case .schedule:
            scheduledStart = move.scheduledStart
            move.scheduledEnd.apply(to: &scheduledEnd)
        case .unschedule:
            scheduledStart = nil
            scheduledEnd = nil
        case .assign:
            assignedTo = move.assignedTo
            crew = move.crewId
            crewMembers = crew == nil ? [] : terms.facts.workforce?.crew?.memberIDs ?? []
        case .start:
            actualStart = actualStart ?? terms.now
            noteWorkers(terms.user)
        case .resume:
            noteWorkers(terms.user)
        case .complete:
            actualEnd = terms.now
            verdict = move.verdict ?? verdict
            cause = move.cause ?? cause
            noteWorkers(terms.user)
            noteEnd(move)
        case .verify, .close:
            noteEnd(move)
        case .reopen:
            actualEnd = nil
        case .approve, .reject, .pause, .cancel:
            break
        }
    }

    /// What is written down at the end.
    private mutating func noteEnd(_ move: MoveWorkOrder) {
        move.completionNotes.apply(to: &completionNotes)
        move.rootCause.apply(to: &rootCause)
        move.preventiveActions.apply(to: &preventiveActions)
    }

    /// Who does the work: whoever is assigned to it, their whole crew, and whoever records it.
    mutating func noteWorkers(_ user: UserID?) {
        for person in doers + [user].compactMap(\.self) where !workedBy.contains(person) { workedBy.append(person) }
    }
}
