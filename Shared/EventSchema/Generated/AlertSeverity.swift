// Made by `make events` from Schemas/alerts.rule.v1.avsc: edit that instead.

/// How bad an alert is.
public enum AlertSeverity: EventEnumeration {
    case info
    case warning
    case critical
    /// What a newer version of an event says and this build does not know: read, and never written.
    case unknown

    public static let allCases: [AlertSeverity] = [
        .info,
        .warning,
        .critical,
    ]

    public init?(rawValue: String) {
        switch rawValue {
        case "info": self = .info
        case "warning": self = .warning
        case "critical": self = .critical
        default: return nil
        }
    }

    public var rawValue: String {
        switch self {
        case .info: "info"
        case .warning: "warning"
        case .critical: "critical"
        case .unknown: "unknown"
        }
    }
}
