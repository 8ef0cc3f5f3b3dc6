// Made by `make events` from Schemas/workorder.state-changed.v3.avsc: edit that instead.

/// Where a work order stands. Seven states, see the transition table in the work orders service.
public enum WorkOrderStatus: EventEnumeration {
    case draft
    case open
    case scheduled
    case inProgress
    case onHold
    case completed
    case cancelled
    /// What a newer version of an event says and this build does not know: read, and never written.
    case unknown

    public static let allCases: [WorkOrderStatus] = [
        .draft,
        .open,
        .scheduled,
        .inProgress,
        .onHold,
        .completed,
        .cancelled,
    ]

    public init?(rawValue: String) {
        switch rawValue {
        case "draft": self = .draft
        case "open": self = .open
        case "scheduled": self = .scheduled
        case "in_progress": self = .inProgress
        case "on_hold": self = .onHold
        case "completed": self = .completed
        case "cancelled": self = .cancelled
        default: return nil
        }
    }

    public var rawValue: String {
        switch self {
        case .draft: "draft"
        case .open: "open"
        case .scheduled: "scheduled"
        case .inProgress: "in_progress"
        case .onHold: "on_hold"
        case .completed: "completed"
        case .cancelled: "cancelled"
        case .unknown: "unknown"
        }
    }
}
