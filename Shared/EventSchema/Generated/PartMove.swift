// Made by `make events` from Schemas/parts.moved.v1.avsc: edit that instead.

/// What happens to pieces of a part: they are kept for the work, no longer kept, handed out, given back, or used.
public enum PartMove: EventEnumeration {
    case reserved
    case released
    case issued
    case returned
    case used
    /// What a newer version of an event says and this build does not know: read, and never written.
    case unknown

    public static let allCases: [PartMove] = [
        .reserved,
        .released,
        .issued,
        .returned,
        .used,
    ]

    public init?(rawValue: String) {
        switch rawValue {
        case "reserved": self = .reserved
        case "released": self = .released
        case "issued": self = .issued
        case "returned": self = .returned
        case "used": self = .used
        default: return nil
        }
    }

    public var rawValue: String {
        switch self {
        case .reserved: "reserved"
        case .released: "released"
        case .issued: "issued"
        case .returned: "returned"
        case .used: "used"
        case .unknown: "unknown"
        }
    }
}
