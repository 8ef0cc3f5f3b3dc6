// Made by `make events` from Schemas/workorder.service-level.v1.avsc: edit that instead.

/// What a service level promises a time for: work begins, and it is completed.
public enum ServiceClockKind: EventEnumeration {
    case respond
    case restore
    /// What a newer version of an event says and this build does not know: read, and never written.
    case unknown

    public static let allCases: [ServiceClockKind] = [
        .respond,
        .restore,
    ]

    public init?(rawValue: String) {
        switch rawValue {
        case "respond": self = .respond
        case "restore": self = .restore
        default: return nil
        }
    }

    public var rawValue: String {
        switch self {
        case .respond: "respond"
        case .restore: "restore"
        case .unknown: "unknown"
        }
    }
}
