/// A named move between two states of a work order: the vocabulary of `workorder.state-changed`, and of a device that works offline.
public enum Transition: String, CaseIterable, Hashable, Sendable {
    case submit
    case schedule
    case unschedule
    case start
    case pause
    case resume
    case complete
    case cancel

    /// The whole state machine. HTTP, the mobile sync and `allowedTransitions` in responses read this one table.
    ///
    /// It is the specification's (flow 6) with the moves that its seventh state, `scheduled`, needs, and with `cancel` for
    /// whatever is not closed yet.
    public static let table: [WorkOrderStatus: [Transition: WorkOrderStatus]] = [
        .draft: [.submit: .open, .cancel: .cancelled],
        .open: [.schedule: .scheduled, .start: .inProgress, .cancel: .cancelled],
        .scheduled: [.schedule: .scheduled, .unschedule: .open, .start: .inProgress, .cancel: .cancelled],
        .inProgress: [.pause: .onHold, .complete: .completed, .cancel: .cancelled],
        .onHold: [.resume: .inProgress, .cancel: .cancelled],
        .completed: [:],
        .cancelled: [:],
    ]

    /// The moves that a work order in `status` can make, in the order of the cases above.
    public static func allowed(from status: WorkOrderStatus) -> [Transition] {
        let moves = table[status] ?? [:]
        return allCases.filter { moves[$0] != nil }
    }
}
