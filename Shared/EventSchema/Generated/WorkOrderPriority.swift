// Made by `make events` from Schemas/workorder.service-level.v1.avsc: edit that instead.

/// How urgent the work is.
public enum WorkOrderPriority: EventEnumeration {
    case low
    case medium
    case high
    case critical
    /// What a newer version of an event says and this build does not know: read, and never written.
    case unknown

    public static let allCases: [WorkOrderPriority] = [
        .low,
        .medium,
        .high,
        .critical,
    ]

    public init?(rawValue: String) {
        switch rawValue {
        case "low": self = .low
        case "medium": self = .medium
        case "high": self = .high
        case "critical": self = .critical
        default: return nil
        }
    }

    public var rawValue: String {
        switch self {
        case .low: "low"
        case .medium: "medium"
        case .high: "high"
        case .critical: "critical"
        case .unknown: "unknown"
        }
    }
}
