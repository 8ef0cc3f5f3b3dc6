import EventSchema

/// The fields that can be changed, and how long: the same for HTTP and for what was written offline.
enum OpenField: String, CaseIterable, Sendable {
    case title, description, type, priority, assignedTo, requiredSkills, scheduledStart, scheduledEnd, tasks

    /// The phases in which it can be changed.
    var phases: Set<WorkOrderPhase> {
        switch self {
        case .type: [.draft, .submitted]
        case .title: [.draft, .submitted, .approved]
        case .description: [.draft, .submitted, .approved, .scheduled, .assigned]
        case .requiredSkills, .scheduledStart, .scheduledEnd: Self.untilStart
        // Somebody can fall ill: paused work is given to somebody else.
        case .assignedTo: Self.untilStart.union([.onHold])
        case .tasks: Self.untilStart.union([.inProgress, .onHold])
        case .priority: Self.untilStart.union([.inProgress, .onHold, .completed, .verified])
        }
    }

    private static let untilStart: Set<WorkOrderPhase> = [.draft, .submitted, .approved, .scheduled, .assigned]

    /// Refuses a change of what is fixed by now, and names all of it.
    static func require(_ fields: [OpenField], in phase: WorkOrderPhase) throws(Refusal) {
        let fixed = fields.filter { !$0.phases.contains(phase) }
        guard fixed.isEmpty else { throw .fixed(fixed, in: phase) }
    }
}
