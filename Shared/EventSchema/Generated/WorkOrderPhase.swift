// Made by `make events` from Schemas/workorder.state-changed.v3.avsc: edit that instead.

/// Where a work order stands within its status, see the table of moves in the work orders service.
public enum WorkOrderPhase: EventEnumeration {
    case draft
    case submitted
    case approved
    case scheduled
    case assigned
    case inProgress
    case onHold
    case completed
    case verified
    case closed
    case cancelled
    /// What a newer version of an event says and this build does not know: read, and never written.
    case unknown

    public static let allCases: [WorkOrderPhase] = [
        .draft,
        .submitted,
        .approved,
        .scheduled,
        .assigned,
        .inProgress,
        .onHold,
        .completed,
        .verified,
        .closed,
        .cancelled,
    ]

    public init?(rawValue: String) {
        switch rawValue {
        case "draft": self = .draft
        case "submitted": self = .submitted
        case "approved": self = .approved
        case "scheduled": self = .scheduled
        case "assigned": self = .assigned
        case "in_progress": self = .inProgress
        case "on_hold": self = .onHold
        case "completed": self = .completed
        case "verified": self = .verified
        case "closed": self = .closed
        case "cancelled": self = .cancelled
        default: return nil
        }
    }

    public var rawValue: String {
        switch self {
        case .draft: "draft"
        case .submitted: "submitted"
        case .approved: "approved"
        case .scheduled: "scheduled"
        case .assigned: "assigned"
        case .inProgress: "in_progress"
        case .onHold: "on_hold"
        case .completed: "completed"
        case .verified: "verified"
        case .closed: "closed"
        case .cancelled: "cancelled"
        case .unknown: "unknown"
        }
    }
}
