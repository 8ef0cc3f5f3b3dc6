// Made by `make events` from Schemas/notifications.delivered.v1.avsc: edit that instead.

/// Over which channel a person is told.
public enum NotificationChannel: EventEnumeration {
    case email
    case sms
    case push
    case inApp
    case webhook
    /// What a newer version of an event says and this build does not know: read, and never written.
    case unknown

    public static let allCases: [NotificationChannel] = [
        .email,
        .sms,
        .push,
        .inApp,
        .webhook,
    ]

    public init?(rawValue: String) {
        switch rawValue {
        case "email": self = .email
        case "sms": self = .sms
        case "push": self = .push
        case "in_app": self = .inApp
        case "webhook": self = .webhook
        default: return nil
        }
    }

    public var rawValue: String {
        switch self {
        case .email: "email"
        case .sms: "sms"
        case .push: "push"
        case .inApp: "in_app"
        case .webhook: "webhook"
        case .unknown: "unknown"
        }
    }
}
