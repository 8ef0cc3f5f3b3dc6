/// The fields of a work order that can be changed, and how long: one table for HTTP, for what was written offline, and for the console.
///
/// It is the specification's, with one field more in one phase: somebody can fall ill, so paused work is given to somebody else.
public enum WorkOrderField: String, CaseIterable, Sendable {
    case title, description, safetyNotes, type, priority, assignedTo, crew, requiredSkills, requiredPermits,
        scheduledStart,
        scheduledEnd, tasks
    /// The hours of those who do the work. They are records of their own.
    case labor
    /// What is planned of parts.
    case parts
    /// The parts that were used. They are records of their own.
    case partsUsed
    /// What the work is expected to cost.
    case estimate
    /// Whether what the alert or the prediction said was so, and why the asset failed.
    case verdict, cause
    /// What is written down at the end: what was done, why it came to this, and what keeps it from happening again.
    case completionNotes, rootCause, preventiveActions

    /// The phases in which it can be changed.
    public var phases: Set<WorkOrderPhase> {
        switch self {
        case .type, .estimate: [.draft, .submitted]
        case .title: [.draft, .submitted, .approved]
        case .description, .safetyNotes, .requiredSkills, .requiredPermits, .scheduledStart, .scheduledEnd:
            Self.untilStart
        case .assignedTo, .crew: Self.untilStart.union([.onHold])
        case .tasks: Self.untilStart.union([.inProgress, .onHold])
        // As the specification has it, and while the work is paused: what was done before it is often written down then.
        case .labor, .partsUsed, .verdict, .cause: [.inProgress, .onHold, .completed]
        // Whoever verifies the work often knows more of the cause.
        case .completionNotes, .rootCause, .preventiveActions: [.inProgress, .onHold, .completed, .verified]
        case .parts: [.draft, .submitted, .approved, .scheduled]
        case .priority: Self.untilStart.union([.inProgress, .onHold, .completed, .verified])
        }
    }

    private static let untilStart: Set<WorkOrderPhase> = [.draft, .submitted, .approved, .scheduled, .assigned]

    /// Those that can be changed in `phase`, in the order of the cases above.
    public static func open(in phase: WorkOrderPhase) -> [WorkOrderField] {
        allCases.filter { $0.phases.contains(phase) }
    }
}
