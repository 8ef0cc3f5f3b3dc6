// Made by `make events` from Schemas/alerts.rule.v1.avsc: edit that instead.

/// How a reading is compared with a rule's threshold.
public enum AlertComparison: EventEnumeration {
    case above
    case below
    /// What a newer version of an event says and this build does not know: read, and never written.
    case unknown

    public static let allCases: [AlertComparison] = [
        .above,
        .below,
    ]

    public init?(rawValue: String) {
        switch rawValue {
        case "above": self = .above
        case "below": self = .below
        default: return nil
        }
    }

    public var rawValue: String {
        switch self {
        case .above: "above"
        case .below: "below"
        case .unknown: "unknown"
        }
    }
}
