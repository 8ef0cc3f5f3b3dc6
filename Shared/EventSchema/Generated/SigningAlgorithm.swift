// Made by `make events` from Schemas/auth.key.v2.avsc: edit that instead.

/// How a key signs (RFC 7518, section 3.1).
public enum SigningAlgorithm: EventEnumeration {
    case rs256
    case es256
    /// What a newer version of an event says and this build does not know: read, and never written.
    case unknown

    public static let allCases: [SigningAlgorithm] = [
        .rs256,
        .es256,
    ]

    public init?(rawValue: String) {
        switch rawValue {
        case "rs256": self = .rs256
        case "es256": self = .es256
        default: return nil
        }
    }

    public var rawValue: String {
        switch self {
        case .rs256: "rs256"
        case .es256: "es256"
        case .unknown: "unknown"
        }
    }
}
