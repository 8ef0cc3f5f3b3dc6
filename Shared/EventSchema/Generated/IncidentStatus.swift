// Made by `make events` from Schemas/incident.changed.v1.avsc: edit that instead.

/// How far an incident is dealt with.
public enum IncidentStatus: EventEnumeration {
    case reported
    case investigating
    case actionRequired
    case closed
    /// What a newer version of an event says and this build does not know: read, and never written.
    case unknown

    public static let allCases: [IncidentStatus] = [
        .reported,
        .investigating,
        .actionRequired,
        .closed,
    ]

    public init?(rawValue: String) {
        switch rawValue {
        case "reported": self = .reported
        case "investigating": self = .investigating
        case "action_required": self = .actionRequired
        case "closed": self = .closed
        default: return nil
        }
    }

    public var rawValue: String {
        switch self {
        case .reported: "reported"
        case .investigating: "investigating"
        case .actionRequired: "action_required"
        case .closed: "closed"
        case .unknown: "unknown"
        }
    }
}
