// Made by `make events` from Schemas/workorder.state.v6.avsc: edit that instead.

/// What the answer to a task's check says.
public enum TaskOutcome: EventEnumeration {
    case passed
    case failed
    /// What a newer version of an event says and this build does not know: read, and never written.
    case unknown

    public static let allCases: [TaskOutcome] = [
        .passed,
        .failed,
    ]

    public init?(rawValue: String) {
        switch rawValue {
        case "passed": self = .passed
        case "failed": self = .failed
        default: return nil
        }
    }

    public var rawValue: String {
        switch self {
        case .passed: "passed"
        case .failed: "failed"
        case .unknown: "unknown"
        }
    }
}
