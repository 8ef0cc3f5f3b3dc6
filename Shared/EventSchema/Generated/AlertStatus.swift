// Made by `make events` from Schemas/alerts.changed.v1.avsc: edit that instead.

/// Where an alert stands.
public enum AlertStatus: EventEnumeration {
    case open
    case acknowledged
    case resolved
    /// What a newer version of an event says and this build does not know: read, and never written.
    case unknown

    public static let allCases: [AlertStatus] = [
        .open,
        .acknowledged,
        .resolved,
    ]

    public init?(rawValue: String) {
        switch rawValue {
        case "open": self = .open
        case "acknowledged": self = .acknowledged
        case "resolved": self = .resolved
        default: return nil
        }
    }

    public var rawValue: String {
        switch self {
        case .open: "open"
        case .acknowledged: "acknowledged"
        case .resolved: "resolved"
        case .unknown: "unknown"
        }
    }
}
