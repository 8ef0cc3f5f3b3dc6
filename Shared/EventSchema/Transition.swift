/// A named move of a work order from one phase to another: the vocabulary of `workorder.state-changed`, and of a device that works offline.
public enum Transition: String, CaseIterable, Hashable, Sendable {
    case submit
    case approve
    case reject
    case schedule
    case unschedule
    case assign
    case start
    case pause
    case resume
    case complete
    case verify
    case reopen
    case close
    case cancel

    /// The whole state machine. HTTP, the mobile sync, the console and `allowedTransitions` in responses read this one table.
    ///
    /// It is the specification's (flow 6) with the moves that its seventh state, `scheduled`, needs, with `cancel` for whatever is not
    /// closed yet, and with the phases of the detailed table inside the seven states. A tenant's policy leaves phases out: without
    /// approval, `submit` leads on to `approved`; without verification, `complete` leads on to `closed`.
    public static let table: [WorkOrderPhase: [Transition: WorkOrderPhase]] = [
        .draft: [.submit: .submitted, .cancel: .cancelled],
        .submitted: [.approve: .approved, .reject: .draft, .cancel: .cancelled],
        .approved: [.schedule: .scheduled, .assign: .approved, .start: .inProgress, .cancel: .cancelled],
        .scheduled: [
            .schedule: .scheduled, .unschedule: .approved, .assign: .assigned, .start: .inProgress, .cancel: .cancelled,
        ],
        .assigned: [
            .schedule: .assigned, .unschedule: .approved, .assign: .assigned, .start: .inProgress, .cancel: .cancelled,
        ],
        .inProgress: [.pause: .onHold, .complete: .completed, .cancel: .cancelled],
        .onHold: [.assign: .onHold, .resume: .inProgress, .cancel: .cancelled],
        .completed: [.verify: .verified, .reopen: .inProgress],
        .verified: [.close: .closed],
        .closed: [:],
        .cancelled: [:],
    ]

    /// The moves that a work order can make in `phase`, in the order of the cases above.
    public static func allowed(from phase: WorkOrderPhase) -> [Transition] {
        let moves = table[phase] ?? [:]
        return allCases.filter { moves[$0] != nil }
    }
}

extension WorkOrderPhase {
    /// The state that it is a part of.
    public var status: WorkOrderStatus {
        switch self {
        case .draft: .draft
        case .submitted, .approved: .open
        case .scheduled, .assigned: .scheduled
        case .inProgress: .inProgress
        case .onHold: .onHold
        case .completed, .verified, .closed: .completed
        case .cancelled: .cancelled
        case .unknown: .unknown
        }
    }

    /// The phase of a work order of which only the state is known, where neither approval nor verification is asked for.
    public init(_ status: WorkOrderStatus, isAssigned: Bool) {
        self =
            switch status {
            case .draft: .draft
            case .open: .approved
            case .scheduled: isAssigned ? .assigned : .scheduled
            case .inProgress: .inProgress
            case .onHold: .onHold
            case .completed: .closed
            case .cancelled: .cancelled
            case .unknown: .unknown
            }
    }
}

extension WorkOrderState {
    /// Its phase, also if it was written before there were phases.
    public var currentPhase: WorkOrderPhase { phase ?? WorkOrderPhase(status, isAssigned: assignedTo != nil) }
}
