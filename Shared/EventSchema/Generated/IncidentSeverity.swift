// Made by `make events` from Schemas/incident.changed.v1.avsc: edit that instead.

/// How bad it was, or could have been.
public enum IncidentSeverity: EventEnumeration {
    case minor
    case moderate
    case major
    case fatal
    /// What a newer version of an event says and this build does not know: read, and never written.
    case unknown

    public static let allCases: [IncidentSeverity] = [
        .minor,
        .moderate,
        .major,
        .fatal,
    ]

    public init?(rawValue: String) {
        switch rawValue {
        case "minor": self = .minor
        case "moderate": self = .moderate
        case "major": self = .major
        case "fatal": self = .fatal
        default: return nil
        }
    }

    public var rawValue: String {
        switch self {
        case .minor: "minor"
        case .moderate: "moderate"
        case .major: "major"
        case .fatal: "fatal"
        case .unknown: "unknown"
        }
    }
}
