// Made by `make events` from Schemas/workorder.service-level.v1.avsc: edit that instead.

/// How much of a clock's time has passed: 80 %, all of it.
public enum ServiceStage: EventEnumeration {
    case atRisk
    case breached
    /// What a newer version of an event says and this build does not know: read, and never written.
    case unknown

    public static let allCases: [ServiceStage] = [
        .atRisk,
        .breached,
    ]

    public init?(rawValue: String) {
        switch rawValue {
        case "at_risk": self = .atRisk
        case "breached": self = .breached
        default: return nil
        }
    }

    public var rawValue: String {
        switch self {
        case .atRisk: "at_risk"
        case .breached: "breached"
        case .unknown: "unknown"
        }
    }
}
