// Made by `make events` from Schemas/workorder.state.v6.avsc: edit that instead.

/// Where a task of a work order stands.
public enum TaskStatus: EventEnumeration {
    case pending
    case completed
    case skipped
    /// What a newer version of an event says and this build does not know: read, and never written.
    case unknown

    public static let allCases: [TaskStatus] = [
        .pending,
        .completed,
        .skipped,
    ]

    public init?(rawValue: String) {
        switch rawValue {
        case "pending": self = .pending
        case "completed": self = .completed
        case "skipped": self = .skipped
        default: return nil
        }
    }

    public var rawValue: String {
        switch self {
        case .pending: "pending"
        case .completed: "completed"
        case .skipped: "skipped"
        case .unknown: "unknown"
        }
    }
}
