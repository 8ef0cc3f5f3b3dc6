// Made by `make events` from Schemas/workorder.state-changed.v3.avsc: edit that instead.

/// What paused work waits for. A tenant says which of them pause the clock of its service level.
public enum HoldReason: EventEnumeration {
    case waitingForParts
    case weather
    case access
    case safety
    case other
    /// What a newer version of an event says and this build does not know: read, and never written.
    case unknown

    public static let allCases: [HoldReason] = [
        .waitingForParts,
        .weather,
        .access,
        .safety,
        .other,
    ]

    public init?(rawValue: String) {
        switch rawValue {
        case "waiting_for_parts": self = .waitingForParts
        case "weather": self = .weather
        case "access": self = .access
        case "safety": self = .safety
        case "other": self = .other
        default: return nil
        }
    }

    public var rawValue: String {
        switch self {
        case .waitingForParts: "waiting_for_parts"
        case .weather: "weather"
        case .access: "access"
        case .safety: "safety"
        case .other: "other"
        case .unknown: "unknown"
        }
    }
}
