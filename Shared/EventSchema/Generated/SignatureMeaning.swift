// Made by `make events` from Schemas/workorder.signed.v1.avsc: edit that instead.

/// What somebody says with a signature.
public enum SignatureMeaning: EventEnumeration {
    case performed
    case verified
    case accepted
    /// What a newer version of an event says and this build does not know: read, and never written.
    case unknown

    public static let allCases: [SignatureMeaning] = [
        .performed,
        .verified,
        .accepted,
    ]

    public init?(rawValue: String) {
        switch rawValue {
        case "performed": self = .performed
        case "verified": self = .verified
        case "accepted": self = .accepted
        default: return nil
        }
    }

    public var rawValue: String {
        switch self {
        case .performed: "performed"
        case .verified: "verified"
        case .accepted: "accepted"
        case .unknown: "unknown"
        }
    }
}
