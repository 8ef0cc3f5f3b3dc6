// Made by `make events` from Schemas/workorder.completed.v2.avsc: edit that instead.

/// Whether what an alert or a prediction said of an asset was so.
public enum OriginVerdict: EventEnumeration {
    case confirmed
    case falseAlarm
    case unclear
    /// What a newer version of an event says and this build does not know: read, and never written.
    case unknown

    public static let allCases: [OriginVerdict] = [
        .confirmed,
        .falseAlarm,
        .unclear,
    ]

    public init?(rawValue: String) {
        switch rawValue {
        case "confirmed": self = .confirmed
        case "false_alarm": self = .falseAlarm
        case "unclear": self = .unclear
        default: return nil
        }
    }

    public var rawValue: String {
        switch self {
        case .confirmed: "confirmed"
        case .falseAlarm: "false_alarm"
        case .unclear: "unclear"
        case .unknown: "unknown"
        }
    }
}
