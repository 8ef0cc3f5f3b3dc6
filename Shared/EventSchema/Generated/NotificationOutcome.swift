// Made by `make events` from Schemas/notifications.delivered.v1.avsc: edit that instead.

/// What became of a notification.
public enum NotificationOutcome: EventEnumeration {
    case sent
    case failed
    /// What a newer version of an event says and this build does not know: read, and never written.
    case unknown

    public static let allCases: [NotificationOutcome] = [
        .sent,
        .failed,
    ]

    public init?(rawValue: String) {
        switch rawValue {
        case "sent": self = .sent
        case "failed": self = .failed
        default: return nil
        }
    }

    public var rawValue: String {
        switch self {
        case .sent: "sent"
        case .failed: "failed"
        case .unknown: "unknown"
        }
    }
}
